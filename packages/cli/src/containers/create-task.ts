import { pathToFileURL } from "node:url";
import { Code, StatusError } from "@dunnage/core";
import { identify, TaskClient } from "@dunnage/core/client";
import type { CommandContext } from "../command.ts";
import type { Container } from "./container.ts";
import { startShim } from "./launcher.ts";
import { destroy } from "./settle.ts";
import type { ContainerStore } from "./store.ts";
import { writeTarget } from "./target-file.ts";

export interface CreateTaskOptions {
  readonly env: CommandContext["env"];
  /** Absolute path of the file that is to get init's pid. */
  readonly pidFile?: string | undefined;
}

/**
 * Starts the container's shim, or finds the one that takes it, and has the container made: its init waits for Start.
 * Returns the connection, which is the caller's.
 * @throws {StatusError} the shim's words.
 */
export async function createTask(
  container: Container,
  { env, pidFile }: CreateTaskOptions,
  signal: AbortSignal,
): Promise<TaskClient> {
  const { id, directory, record } = container;
  const address = await startShim(container.launch(env), signal);
  using stack = new DisposableStack();
  const client = stack.use(await TaskClient.connect(address));
  const { terminal, stdin } = record;
  const stdio = {
    terminal,
    stdin: stdin ? container.file("stdin") : "",
    stdout: pathToFileURL(container.file("stdout")).href,
    stderr: terminal ? "" : pathToFileURL(container.file("stderr")).href,
  };
  const { pid } = await client.create({ id, bundle: directory, ...stdio }, { signal });
  container.update({ init: identify(pid) ?? { pid, startTime: 0 } });
  if (pidFile !== undefined) writeTarget(pidFile, String(pid));
  stack.move();
  return client;
}

/** Removes a container that was not made, or not started. What cannot be removed is named, and stays for `rm`. @param error why. */
export async function undoCreate(
  store: ContainerStore,
  container: Container,
  context: CommandContext,
  error: unknown,
): Promise<void> {
  try {
    if (!isRefusedCreate(container, error)) await destroy(container, context.env).catch(unlessUnstarted(container));
    store.remove(container.id);
  } catch (left) {
    const { id } = container;
    context.stderr.write(
      `dunnage: container ${id} is left: ${(left as Error).message}; \`dunnage rm -f ${id}\` tries again\n`,
    );
  }
}

/** Without a daemon there is nothing to be ended: the launcher failed, and does so again. */
function unlessUnstarted(container: Container): (error: unknown) => void {
  return (error) => {
    if (container.hasAddress) throw error;
  };
}

/**
 * A Create that was answered with an error has been undone by the shim. Going on to `delete` the id could hit another container
 * that the shim, or the runtime, knows by it.
 */
function isRefusedCreate(container: Container, error: unknown): boolean {
  const lost: readonly Code[] = [Code.Unavailable, Code.Canceled, Code.DeadlineExceeded];
  const wasAsked = container.hasAddress && container.record.init === undefined;
  return wasAsked && StatusError.is(error) && !lost.includes(error.code);
}
