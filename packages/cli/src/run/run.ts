import { randomBytes } from "node:crypto";
import { invalidArgument, unknown } from "@dunnage/core";
import type { TaskClient } from "@dunnage/core/client";
import type { CommandContext } from "../command.ts";
import { readBundle } from "../containers/bundle.ts";
import type { Container } from "../containers/container.ts";
import { createTask, undoCreate } from "../containers/create-task.ts";
import { findLauncher } from "../containers/launcher.ts";
import { failureStatus, launcherDirectories } from "../containers/options.ts";
import { type NewContainer, prepareContainer } from "../containers/prepare.ts";
import { runSession, type SessionEnd } from "../containers/session.ts";
import { destroy } from "../containers/settle.ts";
import { ContainerStore } from "../containers/store.ts";
import { checkTarget } from "../containers/target-file.ts";
import { printResult } from "../output.ts";
import { parseDetachKeys } from "../streams/detach-keys.ts";
import { SignalRelay } from "./signal-relay.ts";

/** The options of `dunnage run`. */
export interface RunOptions {
  readonly detach?: true | undefined;
  readonly interactive?: true | undefined;
  readonly tty?: boolean | undefined;
  readonly rm?: true | undefined;
  readonly id?: string | undefined;
  readonly runtime: string;
  readonly pidFile?: string | undefined;
  readonly exitFile?: string | undefined;
  readonly detachKeys: string;
  readonly root: string;
  readonly namespace: string;
  readonly json?: true | undefined;
}

/** 128 + SIGPIPE: the exit status of a program whose output has no reader. */
const unreadStatus = 141;

/** Runs a bundle, attached or not. */
export async function run(path: string, options: RunOptions, context: CommandContext): Promise<void> {
  context.failureStatus = failureStatus;
  const detachKeys = parseDetachKeys(options.detachKeys);
  if (options.detach && options.rm) {
    throw invalidArgument(
      "--rm needs a client that waits for the end: not with --detach; `dunnage rm` removes it later",
    );
  }
  const pidFile = options.pidFile && checkTarget("pid file", options.pidFile);
  const store = new ContainerStore(options);
  const container = prepareContainer(store, toNewContainer(path, options, context));
  using signals = new SignalRelay();
  try {
    using task = await createTask(container, { env: context.env, pidFile }, signals.signal);
    const begin = (): Promise<void> => start(container, task, signals);
    if (options.detach) return await begin().then(() => printStarted(container, options, context));
    const session = { container, client: task, context, stdin: container.record.stdin, detachKeys };
    const end = await runSession({ ...session, from: "start", closeStdin: true }, begin);
    await finish(end, { store, container, isRemoved: options.rm === true }, context);
  } catch (error) {
    if (signals.isRunning) throw error;
    await undoCreate({ store, container, error }, context);
    if (signals.interruption === undefined) throw withUser(error);
    context.exitStatus = 128 + signals.interruption;
  }
}

function start({ id }: Container, task: TaskClient, signals: SignalRelay): Promise<void> {
  // A container that has ended by then does not need the signal.
  const kill = (signal: number): void => void task.kill({ id, signal }).catch(() => undefined);
  return signals.start(() => task.start({ id }), kill);
}

/** Adds the user to an error: most failures due to missing root privileges do not mention that. */
function withUser(error: unknown): unknown {
  const uid = process.geteuid?.() ?? 0;
  if (uid === 0 || !(error instanceof Error)) return error;
  return unknown(`${error.message} (this is user ${uid}; most runtimes take root)`, { cause: error });
}

function toNewContainer(path: string, options: RunOptions, context: CommandContext): NewContainer {
  const bundle = readBundle(path);
  const { id = randomBytes(6).toString("hex"), runtime } = options;
  return {
    id,
    bundle,
    runtime,
    exitFile: options.exitFile && checkTarget("exit file", options.exitFile),
    launcher: findLauncher(runtime, launcherDirectories(context)),
    terminal: options.tty ?? bundle.spec.process?.terminal ?? false,
    stdin: options.interactive ?? false,
  };
}

function printStarted(container: Container, { json }: RunOptions, { stdout }: CommandContext): void {
  const { id, directory, record } = container;
  printResult(stdout, { json, value: { id, pid: record.init?.pid ?? 0, directory }, text: id });
}

interface AttachedContainer {
  readonly store: ContainerStore;
  readonly container: Container;
  /** Whether it is removed at its end. */
  readonly isRemoved: boolean;
}

async function finish(end: SessionEnd, attached: AttachedContainer, context: CommandContext): Promise<void> {
  const { store, container, isRemoved } = attached;
  const { id } = container;
  if (end.kind === "exited") {
    if (end.ending.isLost) context.stderr.write(`dunnage run: the shim of container ${id} died, and it was ended\n`);
    if (isRemoved) store.remove(id);
    context.exitStatus = end.ending.status;
  } else if (end.kind === "detached") {
    const left = isRemoved ? `; it is not removed at its end: \`dunnage rm ${id}\`` : "";
    context.stderr.write(`dunnage run: detached from container ${id}, which continues${left}\n`);
  } else {
    context.exitStatus = unreadStatus;
    if (!isRemoved) return;
    await destroy(container, context.env);
    store.remove(id);
  }
}
