import { rmSync } from "node:fs";
import { join } from "node:path";
import { taskCreate } from "../../events/task-events.ts";
import type { ProcessIo } from "../../io/process-io.ts";
import type { Mount } from "../../mount/mount.ts";
import { mountRootfs, unmountRootfs } from "../../mount/rootfs.ts";
import type { wire } from "../../proto/gen/wire.js";
import { Deadline } from "../../reaper/deadline.ts";
import { type OciSpec, poststopLimitMs } from "../../spec/bundle.ts";
import type { Call } from "../call.ts";
import type { Container } from "../container/container.ts";
import { writeJournal } from "../container/journal.ts";
import type { Process } from "../container/process.ts";
import type { TaskDeps } from "../deps.ts";
import { watchInit } from "../ending/exits.ts";
import { watchOom } from "../ending/oom.ts";
import { runHooks, tellHooks } from "../hook-seam.ts";
import { adjustSpec } from "./adjust.ts";
import { adopt } from "./adopt.ts";
import { deletedName } from "./delete.ts";
import { openProcessIo } from "./open-process-io.ts";
import { prepare } from "./prepare.ts";

/** Time limit for undoing a failed create. The client's own deadline may have passed by then. */
const undoTimeoutMs = 10_000;

/**
 * Creates a container: rootfs, stdio, then the runtime's create. If it fails, nothing is left behind. `register` adds
 * the container to the daemon's map before any event is published.
 */
export async function createContainer(
  { deps, signal, attempt }: Omit<Call, "container">,
  request: wire.CreateTaskRequest,
  register: (container: Container) => void,
): Promise<Container> {
  const { container, spec: given, rootfs } = await prepare(deps, request);
  const { ref } = container;
  const call: Call = { deps, container, signal, attempt };
  await using undo = new AsyncDisposableStack();
  deps.log.attach(ref.id, ref.bundle);
  undo.defer(() => deps.log.detach(ref.id));
  const spec = await adjustSpec(call, { spec: given, rootfs });
  try {
    await make(call, request, { spec, rootfs, undo, register });
  } catch (error) {
    tellHooks(call, "rollback", () => ({ cause: (error as Error).message }));
    throw error;
  }
  await finishCreate(call);
  return container;
}

/** Runs the hooks that follow the creation. */
export function finishCreate(call: Call): Promise<void> {
  return runHooks(call, "postCreate", () => ({ pid: call.container.init.pid }));
}

interface Making {
  readonly spec: OciSpec;
  readonly rootfs: readonly Mount[];
  readonly undo: AsyncDisposableStack;
  readonly register: (container: Container) => void;
}

/** Creates the container that hooks have allowed. */
async function make(
  call: Call,
  request: wire.CreateTaskRequest,
  { spec, rootfs, undo, register }: Making,
): Promise<void> {
  const { deps, container } = call;
  const { ref, init } = container;
  container.poststopMs = poststopLimitMs(spec);
  rmSync(join(ref.bundle, deletedName), { force: true }); // the answer for an earlier container of this bundle
  writeJournal(ref.bundle, container.journal);
  await mount(call, { rootfs, undo });
  const io = await openProcessIo(deps, { ref, process: init }, spec);
  undo.defer(() => io.close());
  init.io = io;
  if (request.terminal) resizeAsSpecified(init, spec);
  using _hold = deps.reaper.hold();
  if (container.restoreFrom === undefined) await createInit(call, { io, undo });
  else container.startStdio = io.stdio;
  undo.move();
  register(container);
  publishCreate(deps, request, container);
  if (init.pid === 0) return;
  watchOom(deps, container);
  watchInit(deps, container);
}

async function createInit(
  { deps, container, signal }: Call,
  { io, undo }: { readonly io: ProcessIo } & Pick<Making, "undo">,
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

/** Sets the terminal size of the specification, because not every runtime honours it. */
function resizeAsSpecified(init: Process, { process }: OciSpec): void {
  const { height, width } = process?.consoleSize ?? {};
  if (isSize(height) && isSize(width)) init.resize({ height, width });
}

const isSize = (value: number | undefined): value is number =>
  Number.isInteger(value) && value === (Number(value) & 0xffff);

/** Mounts the request's rootfs. An empty list means that the root in config.json is ready as it is. */
async function mount(
  { deps, container, signal }: Call,
  { rootfs, undo }: Pick<Making, "rootfs" | "undo">,
): Promise<void> {
  if (rootfs.length === 0) return;
  const path = join(container.ref.bundle, "rootfs");
  await mountRootfs({ mounts: rootfs, rootfs: path }, deps, signal);
  undo.defer(() => unmountRootfs(path, deps, AbortSignal.timeout(undoTimeoutMs)));
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
