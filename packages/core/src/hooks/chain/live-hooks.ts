import type { Logger } from "../../log/logger.ts";
import type { HookSubject } from "../event/event.ts";
import type { Stage } from "../event/stages.ts";
import { textOf } from "../text.ts";
import type { HookChain } from "./chain.ts";
import type { HookRunner, RunOptions } from "./hook-runner.ts";

/** The hooks that were loaded. */
export interface LoadedHooks {
  readonly chain: HookChain;
  /** For each missing plugin that the daemon continues without: why it is missing. */
  readonly missing: readonly string[];
}

/** The source of chains. */
export interface HookSource {
  /**
   * Returns a text that changes whenever the configuration, or a file that it names, does. Cheap: called for every
   * call.
   */
  revision(): string;
  /** Returns the revision with which the last `load` began, whether it succeeded or not. */
  loadedRevision(): string;
  /** Loads the current configuration. @throws what is wrong with it. */
  load(): Promise<LoadedHooks>;
}

/** Why the hooks in use are not those of the configuration, and since when. */
export interface StaleHooks {
  readonly since: Date;
  readonly reason: string;
}

/** Options of live hooks. */
export interface LiveHooksOptions {
  readonly log: Logger;
  /** Why the first chain is not that of the configuration; undefined if it is. */
  readonly stale?: string | undefined;
  /** Called when the hooks become stale, when the reason changes, and with undefined when they are current. */
  readonly onStale?: (stale: StaleHooks | undefined) => void;
  /** A monotonic clock, in ms. Default: that of the process. */
  readonly now?: () => number;
}

/** The first call after this time retries a load that failed. The time doubles with each failure, up to the longest. */
const firstRetryMs = 1_000;
const longestRetryMs = 60_000;

/**
 * Hooks that follow their configuration while the daemon runs. Calls in progress end with the chain that they began
 * with. There is no moment without a chain, and a configuration that cannot be loaded changes nothing. The reason may
 * pass (no descriptors, a process that starts slowly). So a later call tries again, even if nothing has changed.
 */
export class LiveHooks implements HookRunner {
  readonly #source: HookSource;
  readonly #options: LiveHooksOptions;
  readonly #now: () => number;
  #chain: HookChain;
  #revision: string;
  #loading: Promise<void> | undefined;
  #stale: StaleHooks | undefined;
  #failures = 0;
  #retryAtMs = Number.POSITIVE_INFINITY;

  /** `chain` is what `source` has loaded. */
  constructor(chain: HookChain, source: HookSource, options: LiveHooksOptions) {
    this.#chain = chain;
    this.#source = source;
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
    this.#revision = source.loadedRevision();
    if (options.stale !== undefined) this.#failed(options.stale);
    else options.onStale?.(undefined);
  }

  refresh(): Promise<void> | undefined {
    const revision = this.#source.revision();
    const hasChanged = revision !== this.#revision;
    if (!hasChanged && (this.#loading !== undefined || this.#now() < this.#retryAtMs)) return this.#loading;
    this.#revision = revision;
    const loading = this.#load(revision, hasChanged).finally(() => {
      if (this.#loading === loading) this.#loading = undefined;
    });
    this.#loading = loading;
    return loading;
  }

  has(stage: Stage): boolean {
    return this.#chain.has(stage);
  }

  run(stage: Stage, subject: HookSubject, options: RunOptions): Promise<void> {
    return this.#chain.run(stage, subject, options);
  }

  notify(stage: Stage, subject: HookSubject): void {
    this.#chain.notify(stage, subject);
  }

  flush(signal: AbortSignal): Promise<void> {
    return this.#chain.flush(signal);
  }

  close(): void {
    this.#chain.close();
  }

  /** Runs one load at a time, so that an earlier load cannot finish after a later one and replace its chain. */
  async #load(revision: string, hasChanged: boolean): Promise<void> {
    await this.#loading;
    if (hasChanged) this.#failures = 0;
    try {
      this.#take(await this.#source.load(), hasChanged);
    } catch (error) {
      const retryInMs = this.#failed(textOf(error));
      this.#options.log.error("hooks not loaded again, those from before hold", { error, retryInMs });
    }
    // A plugin may have named files that were not watched before.
    if (this.#revision === revision) this.#revision = this.#source.loadedRevision();
  }

  #take({ chain, missing }: LoadedHooks, hasChanged: boolean): void {
    const reason = missing.join("; ");
    const isAsBefore = !hasChanged && reason !== "" && reason === this.#stale?.reason;
    const unused = isAsBefore ? chain : this.#chain; // the plugins in use keep their state
    if (!isAsBefore) this.#chain = chain;
    unused.close();
    if (reason === "") this.#succeeded();
    else this.#failed(reason);
    if (!isAsBefore) this.#options.log.info("hooks loaded again", reason === "" ? {} : { without: reason });
  }

  #succeeded(): void {
    this.#failures = 0;
    this.#retryAtMs = Number.POSITIVE_INFINITY;
    if (this.#stale !== undefined) this.#options.onStale?.(undefined);
    this.#stale = undefined;
  }

  /** Returns the time until the next attempt, in ms. */
  #failed(reason: string): number {
    const retryInMs = Math.min(firstRetryMs * 2 ** this.#failures, longestRetryMs);
    this.#failures++;
    this.#retryAtMs = this.#now() + retryInMs;
    if (this.#stale?.reason !== reason) {
      this.#stale = { since: this.#stale?.since ?? new Date(), reason };
      this.#options.onStale?.(this.#stale);
    }
    return retryInMs;
  }
}
