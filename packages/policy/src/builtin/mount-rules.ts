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

/** What may be said about a mount of one type. No option of any of them is a path. */
interface TypeRule {
  /** The only destination; undefined: any. */
  readonly at?: string;
  /** Names of `NAME=value`, and words that are no flags. */
  readonly data?: ReadonlySet<string>;
  /** Whether it shows what is the kernel's, and so may not be written to by who is not trusted with the host. */
  readonly isKernel?: boolean;
}

/** Everything else reads devices, names other directories in its options, or is a server's. */
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

/** What depends on who asks. */
export interface MountRules {
  /** Whether mounts of the container may show up on the host. */
  readonly allowsShared: boolean;
  /** Whether /sys and cgroups may be writable, as they are for privileged containers. */
  readonly allowsKernelWrites: boolean;
}

/** Whether a mount shows a path of the host: runtimes take the type or an option for it. */
export const isBind = (mount: Part): boolean =>
  mount["type"] === "bind" || texts(mount["options"]).some((option) => option === "bind" || option === "rbind");

/** Says whether mounts that are made inside of the container show up on the host. */
export function judgePropagation(spec: OciSpec): string | undefined {
  const { rootfsPropagation } = linuxOf(spec);
  return shared.has(String(rootfsPropagation)) ? `has the root propagation ${rootfsPropagation}` : undefined;
}

/** Says what is wrong with a mount of a specification, its source apart; undefined: nothing. Pure. */
export function judgeMount(mount: Part, rules: MountRules): string | undefined {
  const { type = "none", destination, options } = mount;
  if (typeof destination !== "string" || !destination.startsWith("/")) return "has no absolute destination";
  const where = `at ${destination}`;
  const given = options ?? [];
  if (!Array.isArray(given) || texts(given).length !== given.length) return `${where} has options of other types`;
  const kind = isBind(mount) && ["bind", "none", ""].includes(String(type)) ? "bind" : String(type);
  const rule = Object.hasOwn(types, kind) ? types[kind] : undefined;
  if (rule === undefined || (isBind(mount) && kind !== "bind")) return `${where} is of the type ${kind}`;
  if (rule.at !== undefined && plainPath(destination) !== rule.at)
    return `${where} shows ${kind}, which belongs to ${rule.at}`;
  const wrong = texts(given).find((option) => !isAllowed(option, kind, rules));
  if (wrong !== undefined) return `${where} has the option ${wrong}`;
  const isOpen = rule.isKernel && !rules.allowsKernelWrites && !isReadOnly(texts(given));
  return isOpen ? `${where} shows ${kind}, writable` : undefined;
}

function isAllowed(option: string, kind: string, { allowsShared }: MountRules): boolean {
  if (flags.has(option) || propagation.has(option) || (allowsShared && shared.has(option))) return true;
  if (kind === "bind") return ofBind.has(option);
  const [name = ""] = option.split("=", 1);
  // The runtime joins options by commas: one in a value would begin another option. Labels are quoted.
  const isOne = name.endsWith("context") ? /^\w+=("[\w:.,-]*"|[\w:.-]*)$/.test(option) : !/[,\\"\s]/.test(option);
  return isOne && (types[kind]?.data?.has(name) ?? false);
}

/** The last one counts. */
const isReadOnly = (options: readonly string[]): boolean =>
  ["ro", "rro"].includes(options.findLast((option) => ["ro", "rw", "rro", "rrw"].includes(option)) ?? "");
