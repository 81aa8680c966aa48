import { existsSync } from "node:fs";
import { Code, notFound, StatusError } from "@dunnage/core";
import type { TaskClient } from "@dunnage/core/client";
import type { CommandContext } from "../command.ts";
import type { Container } from "./container.ts";
import { deleteByShim } from "./launcher.ts";
import { readRecord } from "./record.ts";
import { readStatus } from "./status.ts";
import { toDate } from "./timestamp.ts";

/** How long `rm --force` waits for the end of what it has killed. After that it tries the launcher's `delete`. */
const killTimeoutMs = 10_000;
const sigkill = 9;

/** How a container's init ended. */
export interface Ending {
  /** 0–255; 128 + signal. */
  readonly status: number;
  readonly exitedAt: string;
  /** True: the daemon died first, and what it left of the container has been ended. */
  readonly isLost: boolean;
}

/** The container that is waited for. */
interface AwaitedContainer {
  readonly container: Container;
  readonly client: TaskClient;
  readonly env: CommandContext["env"];
}

/**
 * Waits for the end of a container, then has the shim delete it and keeps its exit in the record. The shim first writes
 * all output to the disk. Any number of clients may do this at the same time. If the daemon dies meanwhile, the
 * launcher's `delete` cleans up.
 * @param signal ends the wait, and nothing else.
 */
export async function awaitEnd({ container, client, env }: AwaitedContainer, signal: AbortSignal): Promise<Ending> {
  const { id } = container;
  try {
    const { exit_status: status, exited_at } = await client.wait({ id }, { signal });
    await client.delete({ id }).catch(unlessOver);
    return await forget(container, env, { status, exitedAt: toDate(exited_at).toISOString(), isLost: false });
  } catch (error) {
    signal.throwIfAborted();
    if (!StatusError.is(error)) throw error;
    if (error.code === Code.NotFound) return seenByAnother(container);
    if (error.code !== Code.Unavailable) throw error;
    return forget(container, env, undefined);
  }
}

/**
 * Records the exit after the launcher's `delete`, which ends what a dead daemon has left, and knows the exit if it was
 * recorded.
 */
async function forget(container: Container, env: CommandContext["env"], ending: Ending | undefined): Promise<Ending> {
  try {
    const { status, exitedAt } = await deleteByShim(container.launch(env));
    const { isLost, ...exit } = ending ?? { status, exitedAt: exitedAt.toISOString(), isLost: true };
    if (isLost) container.writeExit(exit.status);
    container.update({ exit });
    return { ...exit, isLost };
  } catch (error) {
    // Another client has removed the container meanwhile, and has done the rest.
    if (ending !== undefined && !existsSync(container.directory)) return ending;
    throw error;
  }
}

/** Returns the exit of a container that the shim has already forgotten. */
function seenByAnother(container: Container): Ending {
  const exit = readRecord(container.directory)?.exit ?? container.exitFromFile();
  if (exit === undefined) throw notFound(`container ${container.id}: not found`);
  return { ...exit, isLost: false };
}

/**
 * Ignores the errors that mean that another client was faster, or that the daemon died. The launcher's `delete` comes
 * next in any case.
 */
function unlessOver(error: unknown): void {
  const passing: readonly Code[] = [Code.NotFound, Code.Unavailable, Code.Unknown];
  if (!StatusError.is(error) || !passing.includes(error.code)) throw error;
}

/** Ends a container, whatever its state is. Nothing but its directory remains. May be repeated. */
export async function destroy(container: Container, env: CommandContext["env"]): Promise<void> {
  if (container.record.exit !== undefined) return;
  using client = await container.connect();
  if (client !== undefined) await killAndDelete(container, client);
  await deleteByShim(container.launch(env));
}

async function killAndDelete(container: Container, client: TaskClient): Promise<void> {
  const { id } = container;
  const signal = AbortSignal.timeout(killTimeoutMs);
  const { condition } = await readStatus(container);
  try {
    // Frozen processes do not die.
    if (condition === "paused") await client.resume({ id }, { signal });
    await client.kill({ id, signal: sigkill, all: true }, { signal }).catch(unlessOver);
    await client.wait({ id }, { signal });
    await client.delete({ id }, { signal });
  } catch (error) {
    if (!StatusError.is(error)) throw error; // what the daemon fails to do is left to `delete`
  }
}
