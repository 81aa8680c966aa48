import type { Mount } from "../../mount/mount.ts";
import type { wire } from "../../proto/gen/wire.js";
import { decodeOptions } from "../../runtime/decode-options.ts";
import type { RuntimeOptions } from "../../runtime/options.ts";
import type { ContainerRef } from "../../runtime/runtime.ts";
import { hasPrivatePidNamespace, type OciSpec, readSpec, toHostId } from "../../spec/bundle.ts";
import { requireOwnCgroup, requireUnused } from "../container/bundle-use.ts";
import { CommandLimit } from "../container/command-limit.ts";
import { Container } from "../container/container.ts";
import { ContainerHandles } from "../container/container-handles.ts";
import { newContainer } from "../container/container-record.ts";
import type { ChosenRuntime, TaskDeps } from "../deps.ts";
import { toRestore } from "./restore.ts";

/** What a Create request asks for. */
export interface Prepared {
  readonly container: Container;
  /** config.json, as the client wrote it. */
  readonly spec: OciSpec;
  readonly rootfs: readonly Mount[];
}

/**
 * Reads and checks a Create request. Nothing is created yet.
 * @throws {StatusError} as `runtimeOf`, `decodeOptions`, `requireOwnCgroup`, `requireUnused` and `toRestore`.
 */
export async function prepare(deps: TaskDeps, request: wire.CreateTaskRequest): Promise<Prepared> {
  const spec = readSpec(request.bundle);
  const { name, runtime, defaults } = await deps.runtimeOf(request.id, request.bundle);
  const decoded = await decodeOptions(request.options ?? undefined, runtime);
  const options = withOwner(withDefaults(decoded, defaults), spec);
  requireOwnCgroup(spec, options);
  requireUnused(request.bundle, deps.daemon);
  const ref: ContainerRef = { id: request.id, namespace: deps.namespace, bundle: request.bundle, options };
  const { terminal, stdin, stdout, stderr } = request;
  const paths = { terminal, stdin, stdout, stderr };
  const restoreFrom = await toRestore(request, runtime, options);
  const record = newContainer({
    ref,
    runtimeName: name,
    paths,
    privatePidNamespace: hasPrivatePidNamespace(spec),
    annotations: spec.annotations ?? {},
    restoreFrom,
  });
  const container = Container.from(record, new ContainerHandles(runtime, new CommandLimit(ref.id)));
  return { container, spec, rootfs: request.rootfs.map(toMount) };
}

function withDefaults(options: RuntimeOptions, defaults: ChosenRuntime["defaults"]): RuntimeOptions {
  const { binaryName, root } = options;
  return { ...options, binaryName: binaryName || (defaults.binaryName ?? ""), root: root || (defaults.root ?? "") };
}

/**
 * Returns the options with an owner of the streams: the user that is root in the container, who can then open them
 * again by name, unless the client has chosen another owner.
 */
function withOwner(options: RuntimeOptions, { linux }: OciSpec): RuntimeOptions {
  const ioUid = options.ioUid || toHostId(linux?.uidMappings, 0);
  const ioGid = options.ioGid || toHostId(linux?.gidMappings, 0);
  return { ...options, ioUid, ioGid };
}

/** Converts a mount. A field that is absent on the wire becomes empty. */
function toMount({ type, source, target, options }: wire.Mount.$Properties): Mount {
  return { type: type ?? "", source: source ?? "", target: target ?? "", options: options ?? [] };
}
