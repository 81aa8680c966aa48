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
import type { Slot } from "../container/container-table.ts";
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
 * Creates a container: rootfs, stdio, then the runtime's create. If it fails, nothing is left behind. The container
 * gets its slot in the table before any event is published.
 */
export async function createContainer(
  { deps, signal, attempt }: Omit<Call, "container">,
  request: wire.CreateTaskRequest,
  slot: Slot,
): Promise<Container> {
  const { container: prepared, spec: given, rootfs } = await prepare(deps, request);
  const { ref } = prepared;
  const call: Call = { deps, container: prepared, signal, attempt };
  await using undo = new AsyncDisposableStack();
  deps.log.attach(ref.id, ref.bundle);
  undo.defer(() => deps.log.detach(ref.id));
  const { spec, hardening } = await adjustSpec(call, { spec: given, rootfs });
  prepared.adjusted({ hardening: hardening.length > 0 ? hardening : undefined, poststopMs: toPoststop(spec) });
  const container = await make(call, request, { spec, rootfs, undo, slot }).catch((error: unknown) => {
    tellHooks(call, "rollback", () => ({ cause: (error as Error).message }));
    throw error;
  });
  await finishCreate({ ...call, container });
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
  readonly slot: Slot;
}

/** Creates the container that hooks have allowed. */
async function make(
  call: Call,
  request: wire.CreateTaskRequest,
  { spec, rootfs, undo, slot }: Making,
): Promise<Container> {
  const { deps, container } = call;
  const { ref, init } = container;
  rmSync(join(ref.bundle, deletedName), { force: true }); // the answer for an earlier container of this bundle
  writeJournal(ref.bundle, container.journal(deps.daemon));
  await mount(call, { rootfs, undo });
  const io = await openProcessIo(deps, { ref, process: init }, spec);
  undo.defer(() => io.close());
  init.attach(io);
  if (request.terminal) resizeAsSpecified(init, spec);
  using _hold = deps.reaper.hold();
  const isToBeRestored = init.state === "createdCheckpoint";
  if (!isToBeRestored) await createInit(call, { io, undo });
  undo.move();
  const committed = slot.commit(container);
  publishCreate(deps, request, committed);
  if (!isToBeRestored) watch(deps, committed);
  return committed;
}

function watch(deps: TaskDeps, container: Container): void {
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
  if (!created.stdioAtStart) io.handedOver();
}

function toPoststop(spec: OciSpec): number | "unlimited" {
  const limitMs = poststopLimitMs(spec);
  return Number.isFinite(limitMs) ? limitMs : "unlimited";
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
