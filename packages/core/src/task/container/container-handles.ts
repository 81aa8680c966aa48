import type { Runtime } from "../../runtime/runtime.ts";
import type { CommandLimit } from "./command-limit.ts";
import { Ending } from "./ending.ts";
import type { Fact, FactListener } from "./fact.ts";
import { ProcessHandles } from "./process-handles.ts";
import { Waiters } from "./waiters.ts";

/**
 * What a container has in this daemon apart from its record: its runtime, the handles of its processes, and the work in
 * progress on it. None of it says what has happened to the container.
 */
export class ContainerHandles {
  readonly runtime: Runtime;
  readonly commands: CommandLimit;
  readonly ending = new Ending();
  readonly init = new ProcessHandles();
  /** Ids of execs that hooks are judging. No client can start them yet. */
  readonly reservedExecs = new Set<string>();
  /** Those who wait until no exec is live. */
  readonly execsGone = new Waiters<void>();
  readonly #execs = new Map<string, ProcessHandles>();
  #listener: FactListener | undefined;

  constructor(runtime: Runtime, commands: CommandLimit) {
    this.runtime = runtime;
    this.commands = commands;
  }

  /** From now on `listener` is called with each fact. */
  listen(listener: FactListener): void {
    this.#listener = listener;
  }

  /** Called by the container with what has happened to it. */
  happened(fact: Fact): void {
    this.#listener?.(fact);
  }

  /** Returns the handles of an exec. */
  exec(execId: string): ProcessHandles {
    const handles = this.#execs.get(execId) ?? new ProcessHandles();
    this.#execs.set(execId, handles);
    return handles;
  }

  execDeleted(execId: string): void {
    this.#execs.delete(execId);
  }
}
