import { notFound } from "../../errors/errors.ts";
import type { RuntimeDeps, RuntimeFactory } from "../../runtime/define.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/** Finds a runtime's factory by its name; loads the adapter's code if need be. Undefined: unknown. */
export type RuntimeLoader = (name: string) => Promise<RuntimeFactory | undefined>;

/** The runtimes of a daemon, made when the first container asks for them. */
export class Runtimes {
  readonly #load: RuntimeLoader;
  readonly #deps: RuntimeDeps;
  readonly #runtimes = new Map<string, Promise<Runtime | undefined>>();

  constructor(load: RuntimeLoader, deps: RuntimeDeps) {
    this.#load = load;
    this.#deps = deps;
  }

  /** Resolves with undefined for a name that is not configured. A load that fails is tried again the next time. */
  find(name: string): Promise<Runtime | undefined> {
    const known = this.#runtimes.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(name).then((factory) => factory?.(this.#deps));
    this.#runtimes.set(name, loading);
    loading.catch(() => this.#runtimes.delete(name));
    return loading;
  }

  /** @throws {StatusError} NotFound – no such runtime is configured. */
  async get(name: string): Promise<Runtime> {
    const runtime = await this.find(name);
    if (runtime === undefined) throw notFound(`runtime ${JSON.stringify(name)}: not found`);
    return runtime;
  }
}
