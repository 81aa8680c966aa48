import type { HookContainer, HookEvent, OciSpec } from "@dunnage/core";
import type { HostPath } from "@dunnage/core/internal";
import { isUnder } from "../cel/functions.ts";
import { containerdDirs } from "./containerd-dirs.ts";
import type { HostSources } from "./host-sources.ts";
import { judgeStreams, type LogConfig } from "./log-rules.ts";
import { isBind, judgeMount, judgePropagation } from "./mount-rules.ts";
import { judgeRoot } from "./root-rules.ts";
import { linuxOf, mountsOf, type Part, plainPath, texts } from "./spec.ts";

/** A violated control: its name, and how it is violated. */
export interface Finding {
  readonly rule: string;
  readonly reason: string;
}

/** Which files of the host a container may reach. */
export interface FileConfig extends LogConfig {
  readonly allowed_host_paths: readonly string[];
  readonly root_sources: readonly string[];
}

const masked = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware"];
const readonly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

/**
 * Judges everything that gives a container files of the host: its mounts, its root, and the destination of its output.
 */
export async function judgeFiles(
  event: HookEvent<"preCreate">,
  sources: HostSources,
  config: FileConfig,
): Promise<readonly Finding[]> {
  const { spec, stdio } = event;
  const judged: Readonly<Record<string, string | undefined>> = {
    "mount-types": judgeTypes(spec),
    "host-path": await judgeSources(event, sources, config),
    "root-path": await judgeRoot(event, sources, config.root_sources),
    "proc-mount": judgeMasks(spec),
    "log-uris": await judgeStreams(stdio, sources, config),
  };
  return Object.entries(judged).flatMap(([rule, reason]) => (reason === undefined ? [] : [{ rule, reason }]));
}

function judgeTypes(spec: OciSpec): string | undefined {
  const reasons = mountsOf(spec).map((mount) => judgeMount(mount, { allowsShared: false, allowsKernelWrites: false }));
  const reason = reasons.find((each) => each !== undefined);
  return (reason && `a mount ${reason}`) ?? judgePropagation(spec);
}

async function judgeSources(
  { spec, container }: HookEvent<"preCreate">,
  sources: HostSources,
  { allowed_host_paths }: FileConfig,
): Promise<string | undefined> {
  const binds = mountsOf(spec).filter(isBind);
  if (binds.length === 0) return undefined;
  const roots = await sources.resolveAll([...podRoots(container), ...allowed_host_paths]);
  for (const mount of binds) {
    const reason = await judgeSource(mount, sources, { container, roots });
    if (reason !== undefined) return reason;
  }
  return undefined;
}

async function judgeSource(
  mount: Part,
  sources: HostSources,
  { container, roots }: { readonly container: HookContainer; readonly roots: readonly HostPath[] },
): Promise<string | undefined> {
  const source = String(mount["source"] ?? "");
  const found = await sources.resolve(source);
  if (typeof found === "string") return `mounts ${source} of the host: ${found}`;
  if (sources.isIn(found, roots)) return undefined;
  // A volume is often a mount of something in another place. Only the kubelet mounts there, and never a hostPath.
  const pod = podDirectory(container);
  const volumes = await sources.resolveAll(pod === undefined ? [] : [`${pod}/volumes`]);
  const isVolume = volumes.some(({ path }) => sources.names(found).some((name) => isUnder(name, path)));
  return isVolume ? undefined : `mounts ${found.path} of the host`;
}

function judgeMasks(spec: OciSpec): string | undefined {
  const { maskedPaths, readonlyPaths } = linuxOf(spec);
  const isMissing = (paths: unknown) => (path: string) => !texts(paths).map(plainPath).includes(path);
  const missing = [...masked.filter(isMissing(maskedPaths)), ...readonly.filter(isMissing(readonlyPaths))];
  return missing.length === 0 ? undefined : `leaves ${missing.join(", ")} open`;
}

/** Returns the directories that the kubelet and CRI provide for this pod. */
function podRoots(container: HookContainer): readonly string[] {
  const { sandboxId, bundle, id } = container;
  const { root, state } = containerdDirs(bundle);
  const cri = (dir: string, name: string): string => `${dir}/io.containerd.grpc.v1.cri/${name}`;
  const ofPod = (name: string): readonly string[] => [
    cri(root, `sandboxes/${name}`),
    cri(state, `sandboxes/${name}`),
    cri(state, `image-volumes/${name}`),
    cri(root, `containers/${id}/volumes`), // for the image's VOLUME
  ];
  return [podDirectory(container) ?? [], sandboxId !== undefined && isId(sandboxId) ? ofPod(sandboxId) : []].flat();
}

const isId = (text: string): boolean => /^[\w-][\w.-]*$/.test(text);

function podDirectory({ pod }: HookContainer): string | undefined {
  return pod !== undefined && /^[\w-]+$/.test(pod.uid) ? `/var/lib/kubelet/pods/${pod.uid}` : undefined;
}
