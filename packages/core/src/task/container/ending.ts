import type { OomWatch } from "../../cgroups/oom.ts";

/** The result of the runtime's delete of a container. */
export interface Forgotten {
  readonly isForgotten: boolean;
  /** Why it failed. */
  readonly error?: unknown;
  /** The command was cut off, and perhaps a `poststop` hook with it. */
  readonly isCutOff?: boolean;
}

const notTried: Promise<Forgotten> = Promise.resolve({ isForgotten: false });

/** The work that a container's exit starts and that its Delete waits for. */
export class Ending {
  #afterExit: Promise<void> = Promise.resolve();
  #forgetting = notTried;
  #oomWatch: OomWatch | undefined;

  /** Hooks that run after the exit was reported; Delete waits for them. */
  get afterExit(): Promise<void> {
    return this.#afterExit;
  }

  /** Resolves with whether the runtime has forgotten the container since its end. If not, Delete makes it do so. */
  get forgetting(): Promise<Forgotten> {
    return this.#forgetting;
  }

  /** Undefined before the runtime's create, and if nothing counts OOM kills. */
  get oomWatch(): OomWatch | undefined {
    return this.#oomWatch;
  }

  watchOom(watch: OomWatch | undefined): void {
    this.#oomWatch = watch;
  }

  runHooks(afterExit: Promise<void>): void {
    this.#afterExit = afterExit;
  }

  /** Remembers a delete of the runtime that is in progress, for the next Delete. */
  forget(forgetting: Promise<Forgotten>): void {
    this.#forgetting = forgetting;
  }

  /** The next Delete tries again. */
  forgetLater(): void {
    this.#forgetting = notTried;
  }
}
