import type { Logger } from "../../log/logger.ts";
import type { HookChain } from "../chain.ts";
import type { HookRunner } from "../hook-runner.ts";

/** Where chains come from. */
export interface HookSource {
  /** Changes whenever the configuration, or a file that it names, does. Cheap: it is asked for at every call. */
  revision(): string;
  /** Loads what is there now. @throws what is wrong with it. */
  load(): Promise<HookChain>;
}

/**
 * Hooks that follow their configuration while the daemon runs. Calls in progress end with the chain that they began with; there
 * is no moment without one, and what cannot be loaded changes nothing.
 */
export class LiveHooks implements HookRunner {
  readonly #source: HookSource;
  readonly #log: Logger;
  #chain: HookChain;
  #revision: string;
  #loading: Promise<void> | undefined;

  /** `chain` is what `source` has loaded at `revision`. */
  constructor(chain: HookChain, revision: string, source: HookSource, log: Logger) {
    this.#chain = chain;
    this.#revision = revision;
    this.#source = source;
    this.#log = log;
  }

  refresh(): Promise<void> | undefined {
    const revision = this.#source.revision();
    if (revision === this.#revision) return this.#loading;
    this.#revision = revision;
    const loading = this.#load().finally(() => {
      if (this.#loading === loading) this.#loading = undefined;
    });
    this.#loading = loading;
    return loading;
  }

  has: HookRunner["has"] = (stage) => this.#chain.has(stage);

  run: HookRunner["run"] = (...args) => this.#chain.run(...args);

  tell: HookRunner["tell"] = (...args) => this.#chain.tell(...args);

  flush: HookRunner["flush"] = (signal) => this.#chain.flush(signal);

  close(): void {
    this.#chain.close();
  }

  /** One load at a time: a later one must not be overtaken by an earlier. */
  async #load(): Promise<void> {
    await this.#loading;
    try {
      const before = this.#chain;
      this.#chain = await this.#source.load();
      before.close();
      this.#log.info("hooks loaded again", {});
    } catch (error) {
      this.#log.error("hooks not loaded again, those from before hold", { error });
    }
  }
}
