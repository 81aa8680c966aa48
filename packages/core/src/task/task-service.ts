import { Code, type Service, StatusError, type UnaryMethod } from "@dunnage/ttrpc";
import { wire } from "../proto/gen/wire.js";
import { toTimestamp } from "../proto/timestamp.ts";
import type { Outcome, Process } from "./container/process.ts";
import { type ProcessState, toStatus } from "./container/process-state.ts";
import type { Tasks } from "./tasks.ts";

interface Decoder<T> {
  decode(bytes: Uint8Array): T;
}
interface Encoder<T> {
  encode(message: T): { finish(): Uint8Array };
}

const empty = new Uint8Array(0);
const processDetails = "containerd.runc.v1.ProcessDetails";

/**
 * The Task API over ttrpc, versions 2 and 3: their messages are the same bytes, so both names lead to the same methods.
 * @see https://github.com/containerd/containerd/blob/main/api/runtime/task/v3/shim.proto
 */
export function taskServices(tasks: Tasks, shutdown: () => void): Record<string, Service> {
  const service: Service = { ...lifecycleMethods(tasks), ...queryMethods(tasks), ...shimMethods(tasks, shutdown) };
  return { "containerd.task.v2.Task": service, "containerd.task.v3.Task": service };
}

function lifecycleMethods(tasks: Tasks): Service {
  return {
    Create: unary(wire.CreateTaskRequest, wire.CreateTaskResponse, async (request, { signal }) => {
      const container = await tasks.create(request, signal);
      return { pid: container.init.pid };
    }),
    Start: unary(wire.StartRequest, wire.StartResponse, async (request, { signal }) => {
      return { pid: await tasks.start(request.id, request.exec_id, signal) };
    }),
    Delete: unary(wire.DeleteRequest, wire.DeleteResponse, (request, { signal }) =>
      tasks.delete(request.id, request.exec_id, signal),
    ),
    Exec: command(wire.ExecProcessRequest, (request, { signal }) => tasks.exec(request, signal)),
    Kill: command(wire.KillRequest, (request, { signal }) => tasks.kill(request, signal)),
    ResizePty: command(wire.ResizePtyRequest, ({ id, exec_id: execId, width, height }) =>
      tasks.resize(id, execId, { width, height }),
    ),
    Pause: command(wire.PauseRequest, (request, { signal }) => tasks.pause(request.id, signal)),
    Resume: command(wire.ResumeRequest, (request, { signal }) => tasks.resume(request.id, signal)),
    Checkpoint: command(wire.CheckpointTaskRequest, (request, { signal }) => tasks.checkpoint(request, signal)),
    Update: command(wire.UpdateTaskRequest, (request, { signal }) => tasks.update(request, signal)),
    CloseIO: command(wire.CloseIORequest, (request) => tasks.closeIo(request.id, request.exec_id)),
  };
}

function queryMethods(tasks: Tasks): Service {
  return {
    State: unary(wire.StateRequest, wire.StateResponse, (request) => {
      const container = tasks.container(request.id);
      const process = container.process(request.exec_id);
      return toStateResponse(process, container.ref.bundle, container.init.state);
    }),
    Wait: unary(wire.WaitRequest, wire.WaitResponse, async (request, { signal }) =>
      toWaitResponse(await tasks.process(request.id, request.exec_id).wait(signal)),
    ),
    Stats: unary(wire.StatsRequest, wire.StatsResponse, async (request, { signal }) => ({
      stats: await tasks.stats(request.id, signal),
    })),
    Pids: unary(wire.PidsRequest, wire.PidsResponse, async (request, { signal }) => {
      const pids = await tasks.pids(request.id, signal);
      return { processes: pids.map(({ pid, execId }) => ({ pid, info: execId === "" ? null : toDetails(execId) })) };
    }),
  };
}

function shimMethods(tasks: Tasks, shutdown: () => void): Service {
  return {
    Connect: unary(wire.ConnectRequest, wire.ConnectResponse, (request) => {
      return { shim_pid: process.pid, task_pid: tasks.find(request.id)?.init.pid ?? 0 };
    }),
    Shutdown: command(wire.ShutdownRequest, async () => shutdown()),
  };
}

type Handler<Request, Response> = (request: Request, call: Parameters<UnaryMethod>[1]) => Response | Promise<Response>;

/** A method with typed messages around a ttrpc method of bytes. Bytes that are no such message: Internal, as Go's ttrpc answers. */
function unary<Request, Response>(
  request: Decoder<Request>,
  response: Encoder<Response>,
  handler: Handler<Request, Response>,
): UnaryMethod {
  return async (payload, call) => response.encode(await handler(decode(request, payload), call)).finish();
}

/** As `unary`, for methods that return google.protobuf.Empty. */
function command<Request>(request: Decoder<Request>, handler: Handler<Request, void>): UnaryMethod {
  return async (payload, call) => {
    await handler(decode(request, payload), call);
    return empty;
  };
}

function decode<Request>(request: Decoder<Request>, payload: Uint8Array): Request {
  try {
    return request.decode(payload);
  } catch (error) {
    throw new StatusError(Code.Internal, `ttrpc: error unmarshalling payload: ${(error as Error).message}`);
  }
}

/** An exec of a container that is paused is paused with it. */
function toStateResponse(process: Process, bundle: string, initState: ProcessState): wire.StateResponse.$Properties {
  const frozen = initState === "paused" || initState === "pausing";
  const { id, pid, paths, outcome } = process;
  return {
    id,
    bundle,
    pid,
    status: toStatus(frozen ? initState : process.state),
    ...paths,
    exit_status: outcome?.exitStatus ?? 0,
    exited_at: toTimestamp(outcome?.exitedAt),
  };
}

const toWaitResponse = (outcome: Outcome): wire.WaitResponse.$Properties => ({
  exit_status: outcome?.exitStatus ?? 0,
  exited_at: toTimestamp(outcome?.exitedAt),
});

const toDetails = (execId: string): wire.Any.$Properties => ({
  type_url: processDetails,
  value: wire.ProcessDetails.encode({ exec_id: execId }).finish(),
});
