import { setTimeout } from "node:timers/promises";
import { logFailure } from "../../log/attempt.ts";
import type { Exit } from "../../reaper/exit.ts";
import type { InitExit } from "../../runtime/runtime.ts";
import type { Container } from "../container/container.ts";
import type { TaskDeps } from "../deps.ts";

/** How long the runtime may still take to report init's exit once the process of its pid is gone. */
const graceMs = 2_000;

/**
 * Returns init's exit as the runtime reports it. If the runtime reports nothing, the exit of init's pid counts, which
 * other containers may share. Never rejects.
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
