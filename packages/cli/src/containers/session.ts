import { StatusError } from "@dunnage/core";
import type { TaskClient } from "@dunnage/core/client";
import type { CommandContext } from "../command.ts";
import { ClientInput } from "../streams/client-input.ts";
import { DetachKeys } from "../streams/detach-keys.ts";
import { FileFollower } from "../streams/follow-file.ts";
import { InputFifo } from "../streams/input-fifo.ts";
import { OutputClosedError, writerTo } from "../streams/output.ts";
import { OwnTerminal } from "../streams/own-terminal.ts";
import type { Container } from "./container.ts";
import { awaitEnd, type Ending } from "./settle.ts";

export interface SessionOptions {
  readonly container: Container;
  readonly client: TaskClient;
  readonly context: CommandContext;
  /** Which output is copied: all of it, or only what is written from now on. */
  readonly from: "start" | "now";
  /** Whether our input goes to the container. */
  readonly stdin: boolean;
  /** Whether the end of our input also ends the container's input. */
  readonly closeStdin: boolean;
  readonly detachKeys: Buffer;
}

/**
 * How a session ended. `detached`: by the detach keys. `unread`: our output has no reader any more. In both cases the
 * container continues to run.
 */
export type SessionEnd =
  | { readonly kind: "exited"; readonly ending: Ending }
  | { readonly kind: "detached" | "unread" };

/**
 * Connects our streams to a container until it ends or we leave: output from its files, input through its FIFO. Any
 * number of sessions can be connected at the same time.
 * @param begin called when everything is connected.
 */
export async function runSession(options: SessionOptions, begin: () => Promise<void>): Promise<SessionEnd> {
  const { container, client, context } = options;
  const left = Promise.withResolvers<SessionEnd>();
  left.promise.catch(() => undefined); // it may reject before it is awaited
  const leaving = new AbortController();
  const outputs = await openOutputs(options);
  const copied = Promise.all(outputs.map((output) => output.run())).catch((error: unknown) => {
    if (!(error instanceof OutputClosedError)) return left.reject(error);
    left.resolve({ kind: "unread" });
  });
  try {
    using stack = new DisposableStack();
    connectInput(options, stack, () => left.resolve({ kind: "detached" }));
    await begin();
    const exited = awaitEnd({ container, client, env: context.env }, leaving.signal);
    const ended = exited.then((ending): SessionEnd => ({ kind: "exited", ending }));
    return await Promise.race([ended, left.promise]);
  } finally {
    leaving.abort();
    for (const output of outputs) output.finish();
    await copied;
  }
}

interface Output {
  run(): Promise<void>;
  finish(): void;
}

async function openOutputs({ container, context, from }: SessionOptions): Promise<Output[]> {
  const names = container.record.terminal ? (["stdout"] as const) : (["stdout", "stderr"] as const);
  return Promise.all(
    names.map(async (name) => {
      const path = container.file(name);
      const follower = await FileFollower.open(path, writerTo(context[name]), from === "start" ? 0 : undefined);
      return { run: () => follower.run(path), finish: () => follower.finish() };
    }),
  );
}

function connectInput(options: SessionOptions, stack: DisposableStack, onDetach: () => void): void {
  const { container, client, context, stdin, closeStdin, detachKeys } = options;
  const { terminal } = container.record;
  const { id } = container;
  const isTyped = terminal && context.stdin.isTTY === true;
  if (stdin) {
    const fifo = stack.use(InputFifo.open(container.file("stdin")));
    const onEnd = (): void => {
      fifo[Symbol.dispose]();
      // A terminal has already received the key for it; closing would hang the terminal up.
      if (closeStdin && !terminal) client.closeIo({ id, stdin: true }).catch(unlessGone);
    };
    const keys = isTyped ? new DetachKeys(detachKeys) : undefined;
    const typesEnd = terminal && closeStdin;
    stack.use(new ClientInput(context.stdin, { fifo, typesEnd, detachKeys: keys, onEnd, onDetach }));
  }
  if (!terminal) return;
  const onResize = (size: { width: number; height: number }): void => {
    client.resizePty({ id, ...size }).catch(unlessGone);
  };
  stack.use(OwnTerminal.open(context, { raw: stdin, onResize }));
}

/** Ignores errors of the daemon: the end of the container is noticed elsewhere, by `awaitEnd`. */
function unlessGone(error: unknown): void {
  if (!StatusError.is(error)) throw error;
}
