import { setTimeout } from "node:timers/promises";
import { logFailure } from "../../log/attempt.ts";
import type { Exit } from "../../reaper/exit.ts";
import type { InitExit } from "../../runtime/runtime.ts";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";

/** How long the runtime may still tell of init when its process is gone. */
const graceMs = 2_000;

/**
 * Waits for the end of init, as its runtime tells it. The exit of its pid, which it may share with other containers, counts
 * where the runtime says nothing. Never rejects.
 */
export async function awaitInitExit(deps: TaskDeps, container: Container): Promise<Exit> {
  const { pid } = container.init;
  const ofPid = Promise.withResolvers<Exit>();
  using _watch = deps.reaper.watch(pid, ofPid.resolve);
  const waiting = new AbortController();
  const told = ask(deps, container, waiting.signal);
  const isOver = ofPid.promise.then(() => setTimeout(graceMs, undefined, { signal: waiting.signal }));
  const exit = await Promise.race([told, isOver.catch(() => undefined)]);
  waiting.abort();
  if (exit === undefined) return await ofPid.promise;
  return { pid, exitStatus: exit.exitStatus, exitedAt: exit.exitedAt ?? new Date() };
}

async function ask(deps: TaskDeps, { runtime, ref }: Container, signal: AbortSignal): Promise<InitExit | undefined> {
  try {
    return await runtime.wait?.(ref, signal);
  } catch (error) {
    const note = { log: deps.log, message: "the runtime does not tell of the end of init", fields: { id: ref.id } };
    if (!signal.aborted) logFailure(note, error);
    return undefined;
  }
}
