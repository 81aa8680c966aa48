import { rmSync } from "node:fs";
import { join } from "node:path";
import { taskCreate } from "../../events/task-events.ts";
import type { ProcessIo } from "../../io/process-io.ts";
import type { Mount } from "../../mount/mount.ts";
import { mountRootfs, unmountRootfs } from "../../mount/rootfs.ts";
import type { wire } from "../../proto/gen/wire.js";
import { Deadline } from "../../reaper/deadline.ts";
import { decodeOptions } from "../../runtime/decode-options.ts";
import type { RuntimeOptions } from "../../runtime/options.ts";
import type { ContainerRef } from "../../runtime/runtime.ts";
import { hasPrivatePidNamespace, type OciSpec, poststopLimitMs, readSpec, toHostId } from "../../spec/bundle.ts";
import { requireOwnCgroup, requireUnused } from "../container/bundle-use.ts";
import { Container } from "../container/container.ts";
import { writeJournal } from "../container/journal.ts";
import { Process } from "../container/process.ts";
import type { ChosenRuntime, TaskDeps } from "../deps.ts";
import { watchInit } from "../ending/exits.ts";
import { watchOom } from "../ending/oom.ts";
import { runHooks, tellHooks } from "../hook-seam.ts";
import { adjustSpec } from "./adjust.ts";
import { adopt } from "./adopt.ts";
import { deletedName } from "./delete.ts";
import { openProcessIo } from "./open-process-io.ts";
import { toRestore } from "./restore.ts";

/** Budget for undoing a create that failed; the client's own deadline may be over by then. */
const undoTimeoutMs = 10_000;

/**
 * Makes a container: rootfs, stdio, then the runtime's create. Nothing is left behind when it fails.
 * `register` puts it into the daemon's map before any event is out.
 */
export async function createContainer(
  deps: TaskDeps,
  request: wire.CreateTaskRequest,
  register: (container: Container) => void,
  signal: AbortSignal,
): Promise<Container> {
  const { spec: given, container } = await prepare(deps, request);
  const { ref, init } = container;
  await using undo = new AsyncDisposableStack();
  deps.log.attach(ref.id, ref.bundle);
  undo.defer(() => deps.log.detach(ref.id));
  const rootfs = request.rootfs.map(toMount);
  const spec = await adjustSpec(deps, container, { spec: given, rootfs }, signal);
  try {
    await make(deps, request, { container, spec, rootfs, undo, register }, signal);
  } catch (error) {
    tellHooks(deps, "rollback", container, () => ({ cause: (error as Error).message }));
    throw error;
  }
  await runHooks(deps, "postCreate", container, () => ({ pid: init.pid }), signal);
  return container;
}

interface Making {
  readonly container: Container;
  readonly spec: OciSpec;
  readonly rootfs: readonly Mount[];
  readonly undo: AsyncDisposableStack;
  readonly register: (container: Container) => void;
}

/** Makes what hooks have let pass. */
async function make(
  deps: TaskDeps,
  request: wire.CreateTaskRequest,
  { container, spec, rootfs, undo, register }: Making,
  signal: AbortSignal,
): Promise<void> {
  const { ref, init } = container;
  container.poststopMs = poststopLimitMs(spec);
  rmSync(join(ref.bundle, deletedName), { force: true }); // the answer of an earlier life of this bundle
  writeJournal(ref.bundle, container.journal);
  await mount(deps, { ref, rootfs, undo }, signal);
  const io = await openProcessIo(deps, { ref, process: init }, spec);
  undo.defer(() => io.close());
  init.io = io;
  if (request.terminal) resizeAsSpecified(init, spec);
  using _hold = deps.reaper.hold();
  if (container.restoreFrom === undefined) await createInit(deps, { container, io, undo }, signal);
  else container.startStdio = io.stdio;
  undo.move();
  register(container);
  publishCreate(deps, request, container);
  if (init.pid === 0) return;
  watchOom(deps, container);
  watchInit(deps, container);
}

async function createInit(
  deps: TaskDeps,
  { container, io, undo }: { readonly io: ProcessIo } & Pick<Making, "container" | "undo">,
  signal: AbortSignal,
): Promise<void> {
  const { ref, runtime } = container;
  const { stdio, consoleSocket } = io;
  const created = await runtime.create({ container: ref, stdio, consoleSocket }, signal);
  undo.defer(async () => {
    using deadline = new Deadline(undoTimeoutMs + container.poststopMs);
    await runtime.delete(ref, { force: true }, deadline.signal);
  });
  adopt(deps, container, created);
  if (created.stdioAtStart) container.startStdio = stdio;
  else io.handedOver();
}

/** Not every runtime heeds the size in the specification. */
function resizeAsSpecified(init: Process, { process }: OciSpec): void {
  const { height, width } = process?.consoleSize ?? {};
  if (isSize(height) && isSize(width)) init.resize({ height, width });
}

const isSize = (value: number | undefined): value is number =>
  Number.isInteger(value) && value === (Number(value) & 0xffff);

async function prepare(
  deps: TaskDeps,
  request: wire.CreateTaskRequest,
): Promise<{ spec: OciSpec; container: Container }> {
  const spec = readSpec(request.bundle);
  const { name, runtime, defaults } = await deps.runtimeOf(request.id, request.bundle);
  const decoded = await decodeOptions(request.options ?? undefined, runtime);
  const options = withOwner(withDefaults(decoded, defaults), spec);
  requireOwnCgroup(spec, options);
  requireUnused(request.bundle, deps.daemon);
  const ref: ContainerRef = { id: request.id, namespace: deps.namespace, bundle: request.bundle, options };
  const { terminal, stdin, stdout, stderr } = request;
  const container = new Container({
    ref,
    runtime,
    init: new Process(ref.id, "", { terminal, stdin, stdout, stderr }),
    privatePidNamespace: hasPrivatePidNamespace(spec),
    annotations: spec.annotations ?? {},
    journal: { version: 1, id: ref.id, namespace: ref.namespace, runtime: name, options, daemon: deps.daemon },
  });
  container.restoreFrom = await toRestore(request, runtime, options);
  return { spec, container };
}

function withDefaults(options: RuntimeOptions, defaults: ChosenRuntime["defaults"]): RuntimeOptions {
  const { binaryName, root } = options;
  return { ...options, binaryName: binaryName || (defaults.binaryName ?? ""), root: root || (defaults.root ?? "") };
}

/** The user that is root in the container can open its streams again by name, unless the client has chosen another owner. */
function withOwner(options: RuntimeOptions, { linux }: OciSpec): RuntimeOptions {
  const ioUid = options.ioUid || toHostId(linux?.uidMappings, 0);
  const ioGid = options.ioGid || toHostId(linux?.gidMappings, 0);
  return { ...options, ioUid, ioGid };
}

/** Mounts what the request brings; an empty list means that the root in config.json is ready as it is. */
async function mount(
  deps: TaskDeps,
  { ref, rootfs, undo }: { readonly ref: ContainerRef } & Pick<Making, "rootfs" | "undo">,
  signal: AbortSignal,
): Promise<void> {
  if (rootfs.length === 0) return;
  const path = join(ref.bundle, "rootfs");
  await mountRootfs(rootfs, path, deps, signal);
  undo.defer(() => unmountRootfs(path, deps, AbortSignal.timeout(undoTimeoutMs)));
}

/** What is absent on the wire is empty. */
function toMount({ type, source, target, options }: wire.Mount.$Properties): Mount {
  return { type: type ?? "", source: source ?? "", target: target ?? "", options: options ?? [] };
}

function publishCreate(deps: TaskDeps, request: wire.CreateTaskRequest, { init, restoreFrom }: Container): void {
  const { id, bundle, rootfs, terminal, stdin, stdout, stderr } = request;
  const { pid } = init;
  const checkpoint = restoreFrom?.imagePath ?? "";
  deps.publisher.publish(
    taskCreate({ containerId: id, bundle, rootfs, io: { terminal, stdin, stdout, stderr }, checkpoint, pid }),
  );
  deps.log.info("container created", { id, pid });
}
