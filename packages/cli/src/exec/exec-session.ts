import { StatusError } from "@dunnage/core";
import type { TaskClient, wire } from "@dunnage/core/client";
import type { CommandContext } from "../command.ts";
import type { Container } from "../containers/container.ts";
import { ClientInput } from "../streams/client-input.ts";
import type { WriteChunk } from "../streams/follow-file.ts";
import { InputFifo } from "../streams/input-fifo.ts";
import { untilClosed, writerTo } from "../streams/output.ts";
import { OutputFifo } from "../streams/output-fifo.ts";
import { OwnTerminal } from "../streams/own-terminal.ts";
import { catchSignals } from "../streams/signals.ts";
import { ExecDirectory } from "./exec-directory.ts";

/** The process to execute, without its streams. */
export type ExecSpec = Pick<wire.ExecProcessRequest, "id" | "exec_id" | "terminal"> & {
  readonly spec: wire.Any.$Properties;
};

export interface ExecSession {
  readonly container: Container;
  readonly client: TaskClient;
  readonly context: CommandContext;
  /** Whether the process gets our input. */
  readonly stdin: boolean;
}

const sigpipe = 13;

/**
 * Runs a process with our streams as its own; resolves to its exit status. The process's FIFOs are removed afterwards.
 */
export async function runExecSession(session: ExecSession, request: ExecSpec): Promise<number> {
  const { container, client, context, stdin } = session;
  const { id, exec_id, terminal } = request;
  const outputs = terminal ? (["stdout"] as const) : (["stdout", "stderr"] as const);
  using stack = new DisposableStack();
  const streams = [...outputs, ...(stdin ? ["stdin"] : [])];
  const directory = stack.use(ExecDirectory.create(container, exec_id, streams));
  const paths = Object.fromEntries(streams.map((name) => [name, directory.file(name)]));
  await client.exec({ ...request, ...paths });
  const fifos = outputs.map((name) => ({ name, fifo: stack.use(new OutputFifo(directory.file(name))) }));
  connectTerminal(session, request, stack);
  await startExec(client, request);
  // If the reader of our output goes away, the process gets SIGPIPE, as if it wrote to a pipe.
  const kill = (signal: number): void => void client.kill({ id, exec_id, signal }).catch(unlessGone);
  stack.use(catchSignals(kill));
  const writer = (name: "stdout" | "stderr"): WriteChunk => untilClosed(writerTo(context[name]), () => kill(sigpipe));
  const copied = fifos.map(({ name, fifo }) => fifo.copyTo(writer(name)));
  if (stdin) stack.use(connectInput(session, request, stack.use(InputFifo.open(directory.file("stdin")))));
  const { exit_status } = await client.wait({ id, exec_id });
  await client.delete({ id, exec_id });
  await Promise.all(copied);
  return exit_status;
}

/** Starts the exec. If that fails it is deleted, because the shim would keep it until then. */
async function startExec(client: TaskClient, { id, exec_id }: ExecSpec): Promise<void> {
  try {
    await client.start({ id, exec_id });
  } catch (error) {
    await client.delete({ id, exec_id }).catch(unlessGone);
    throw error;
  }
}

/** Connects our terminal. The size is set before the process starts. */
function connectTerminal({ client, context, stdin }: ExecSession, request: ExecSpec, stack: DisposableStack): void {
  const { id, exec_id, terminal } = request;
  if (!terminal) return;
  const onResize = (size: { width: number; height: number }): void => {
    client.resizePty({ id, exec_id, ...size }).catch(unlessGone);
  };
  stack.use(OwnTerminal.open(context, { raw: stdin, onResize }));
}

function connectInput({ client, context }: ExecSession, request: ExecSpec, fifo: InputFifo): ClientInput {
  const { id, exec_id, terminal } = request;
  const onEnd = (): void => {
    fifo[Symbol.dispose]();
    if (!terminal) client.closeIo({ id, exec_id, stdin: true }).catch(unlessGone);
  };
  const onDetach = (): void => {};
  return new ClientInput(context.stdin, { fifo, typesEnd: terminal, detachKeys: undefined, onEnd, onDetach });
}

function unlessGone(error: unknown): void {
  if (!StatusError.is(error)) throw error;
}
