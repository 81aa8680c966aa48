import type { OciSpec } from "@dunnage/core";
import { linuxOf, type Part, plainPath, texts } from "./spec.ts";

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const flags =
  words(`ro rw nosuid suid nodev dev noexec exec noatime atime nodiratime diratime relatime norelatime strictatime
  nostrictatime sync async dirsync nomand noiversion lazytime nolazytime symfollow nosymfollow silent loud defaults`);
const ofBind =
  words(`bind rbind idmap ridmap private rprivate slave rslave unbindable runbindable rro rrw rnosuid rsuid rnodev
  rdev rnoexec rexec rnoatime ratime rnodiratime rdiratime rrelatime rnorelatime rstrictatime rnostrictatime rsymfollow
  rnosymfollow`);
const propagation = words("private rprivate slave rslave unbindable runbindable");
const shared = words("shared rshared");

/** What a mount of one type may specify. None of the options of these types is a path. */
interface TypeRule {
  /** The only allowed destination; undefined: any. */
  readonly at?: string;
  /** Names of `NAME=value` options, and words that are no flags. */
  readonly data?: ReadonlySet<string>;
  /**
   * Whether the mount exposes the kernel's own files. A container that is not trusted with the host must not write to
   * them.
   */
  readonly isKernel?: boolean;
}

/** The allowed types. All others read devices, name other directories in their options, or are provided by a server. */
const types: Readonly<Record<string, TypeRule>> = {
  bind: {},
  tmpfs: {
    data: words(`mode size uid gid nr_inodes nr_blocks mpol huge inode32 inode64 noswap tmpcopyup context fscontext defcontext
      rootcontext`),
  },
  proc: { at: "/proc", data: words("hidepid gid subset") },
  sysfs: { at: "/sys", isKernel: true },
  devpts: { data: words("newinstance ptmxmode mode gid uid max context") },
  mqueue: { data: words("context") },
  cgroup: { isKernel: true },
};

/** Rules that depend on the calling policy. */
export interface MountRules {
  /** Whether mounts of the container may propagate to the host. */
  readonly allowsShared: boolean;
  /** Whether /sys and cgroups may be writable, as they are for privileged containers. */
  readonly allowsKernelWrites: boolean;
}

/** Whether a mount shows a path of the host. Runtimes recognise a bind mount by its type or by an option. */
export const isBind = (mount: Part): boolean =>
  mount["type"] === "bind" || texts(mount["options"]).some((option) => option === "bind" || option === "rbind");

/** Returns why mounts that are made inside the container propagate to the host; undefined: they do not. */
export function judgePropagation(spec: OciSpec): string | undefined {
  const { rootfsPropagation } = linuxOf(spec);
  return shared.has(String(rootfsPropagation)) ? `has the root propagation ${rootfsPropagation}` : undefined;
}

/** Returns what is wrong with a mount of a specification, apart from its source; undefined: nothing. Pure. */
export function judgeMount(mount: Part, rules: MountRules): string | undefined {
  const { type = "none", destination, options } = mount;
  if (typeof destination !== "string" || !destination.startsWith("/")) return "has no absolute destination";
  const where = `at ${destination}`;
  const list = options ?? [];
  if (!Array.isArray(list) || texts(list).length !== list.length) return `${where} has options of other types`;
  const kind = isBind(mount) && ["bind", "none", ""].includes(String(type)) ? "bind" : String(type);
  const rule = Object.hasOwn(types, kind) ? types[kind] : undefined;
  if (rule === undefined || (isBind(mount) && kind !== "bind")) return `${where} is of the type ${kind}`;
  if (rule.at !== undefined && plainPath(destination) !== rule.at)
    return `${where} shows ${kind}, which belongs to ${rule.at}`;
  const wrong = texts(list).find((option) => !isAllowed(option, kind, rules));
  if (wrong !== undefined) return `${where} has the option ${wrong}`;
  const isOpen = rule.isKernel && !rules.allowsKernelWrites && !isReadOnly(texts(list));
  return isOpen ? `${where} shows ${kind}, writable` : undefined;
}

function isAllowed(option: string, kind: string, { allowsShared }: MountRules): boolean {
  if (flags.has(option) || propagation.has(option) || (allowsShared && shared.has(option))) return true;
  if (kind === "bind") return ofBind.has(option);
  const [name = ""] = option.split("=", 1);
  // The runtime joins options with commas, so a comma in a value would start another option. Labels are quoted.
  const isOne = name.endsWith("context") ? /^\w+=("[\w:.,-]*"|[\w:.-]*)$/.test(option) : !/[,\\"\s]/.test(option);
  return isOne && (types[kind]?.data?.has(name) ?? false);
}

/** Whether the mount is read-only. The last of these options counts. */
const isReadOnly = (options: readonly string[]): boolean =>
  ["ro", "rro"].includes(options.findLast((option) => ["ro", "rw", "rro", "rrw"].includes(option)) ?? "");
