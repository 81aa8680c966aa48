import { Code, type Service, StatusError, type UnaryMethod } from "@dunnage/ttrpc";
import { wire } from "../proto/gen/wire.js";
import { checkpoint } from "./calls/checkpoint.ts";
import { closeIo } from "./calls/close-io.ts";
import { exec } from "./calls/exec.ts";
import { kill } from "./calls/kill.ts";
import { pause, resume } from "./calls/pause.ts";
import { listPids } from "./calls/pids.ts";
import { resizePty } from "./calls/resize-pty.ts";
import { start } from "./calls/start.ts";
import { readState } from "./calls/state.ts";
import { readStats } from "./calls/stats.ts";
import { update } from "./calls/update.ts";
import { wait } from "./calls/wait.ts";
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
 * Returns the Task API as ttrpc services, in versions 2 and 3. The messages of both are encoded identically, so both
 * names lead to the same methods.
 * @see https://github.com/containerd/containerd/blob/main/api/runtime/task/v3/shim.proto
 */
export function taskServices(tasks: Tasks, shutdown: () => void): Record<string, Service> {
  const service: Service = { ...lifecycleMethods(tasks), ...queryMethods(tasks), ...shimMethods(tasks, shutdown) };
  return { "containerd.task.v2.Task": service, "containerd.task.v3.Task": service };
}

function lifecycleMethods(tasks: Tasks): Service {
  return {
    Create: unary(wire.CreateTaskRequest, wire.CreateTaskResponse, async (request, call) => {
      const container = await tasks.create(request, call);
      return { pid: container.init.pid };
    }),
    Start: unary(wire.StartRequest, wire.StartResponse, async (request, call) => {
      return { pid: await start(tasks.call(request.id, call), request.exec_id) };
    }),
    Delete: unary(wire.DeleteRequest, wire.DeleteResponse, (request, call) => tasks.delete(request, call)),
    Exec: command(wire.ExecProcessRequest, (request, call) => exec(tasks.call(request.id, call), request)),
    Kill: command(wire.KillRequest, (request, call) =>
      kill(tasks.call(request.id, call), { execId: request.exec_id, signal: request.signal, all: request.all }),
    ),
    ResizePty: command(wire.ResizePtyRequest, ({ id, exec_id: execId, width, height }) =>
      resizePty(tasks.container(id), execId, { width, height }),
    ),
    Pause: command(wire.PauseRequest, (request, call) => pause(tasks.call(request.id, call))),
    Resume: command(wire.ResumeRequest, (request, call) => resume(tasks.call(request.id, call))),
    Checkpoint: command(wire.CheckpointTaskRequest, (request, call) =>
      checkpoint(tasks.call(request.id, call), request),
    ),
    Update: command(wire.UpdateTaskRequest, (request, call) => update(tasks.call(request.id, call), request)),
    CloseIO: command(wire.CloseIORequest, (request) => closeIo(tasks.container(request.id), request.exec_id)),
  };
}

function queryMethods(tasks: Tasks): Service {
  return {
    State: unary(wire.StateRequest, wire.StateResponse, (request) =>
      readState(tasks.container(request.id), request.exec_id),
    ),
    Wait: unary(wire.WaitRequest, wire.WaitResponse, (request, call) =>
      wait(tasks.call(request.id, call), request.exec_id),
    ),
    Stats: unary(wire.StatsRequest, wire.StatsResponse, async (request, call) => ({
      stats: await readStats(tasks.call(request.id, call)),
    })),
    Pids: unary(wire.PidsRequest, wire.PidsResponse, async (request, call) => {
      const pids = await listPids(tasks.call(request.id, call));
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

/**
 * Wraps a handler with typed messages as a ttrpc method, which takes and returns bytes. A payload that cannot be
 * decoded is answered with Internal, as by Go's ttrpc.
 */
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

const toDetails = (execId: string): wire.Any.$Properties => ({
  type_url: processDetails,
  value: wire.ProcessDetails.encode({ exec_id: execId }).finish(),
});
