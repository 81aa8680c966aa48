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
  /** Absolute path of the file into which init's pid is written. */
  readonly pidFile?: string | undefined;
}

/**
 * Starts the container's shim, or finds the daemon that takes the container, and calls Create: init then waits for
 * Start. Returns the connection, which the caller owns.
 * @throws {StatusError} the shim's error.
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

/** A container that could not be created or started. */
export interface FailedCreate {
  readonly store: ContainerStore;
  readonly container: Container;
  /** Why the container is removed. */
  readonly error: unknown;
}

/**
 * Removes a container that could not be created or started. If it cannot be removed, a message names it, and it is left
 * for `dunnage rm`.
 */
export async function undoCreate({ store, container, error }: FailedCreate, context: CommandContext): Promise<void> {
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

/**
 * Ignores an error if there is no daemon: then there is nothing to end, and the launcher fails again as it did before.
 */
function unlessUnstarted(container: Container): (error: unknown) => void {
  return (error) => {
    if (container.hasAddress) throw error;
  };
}

/**
 * Whether the shim answered Create with an error, and so has undone it. To `delete` the id after that could hit another
 * container that the shim, or the runtime, knows by it.
 */
function isRefusedCreate(container: Container, error: unknown): boolean {
  const lost: readonly Code[] = [Code.Unavailable, Code.Canceled, Code.DeadlineExceeded];
  const wasAsked = container.hasAddress && container.record.init === undefined;
  return wasAsked && StatusError.is(error) && !lost.includes(error.code);
}
