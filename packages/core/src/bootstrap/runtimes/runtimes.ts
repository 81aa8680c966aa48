import { failedPrecondition, notFound } from "../../errors/errors.ts";
import { suggestion } from "../../errors/nearest.ts";
import type { RuntimeDeps, RuntimeFactory } from "../../runtime/define.ts";
import type { Runtime } from "../../runtime/runtime.ts";

/**
 * Finds the factory of a runtime by name, and loads the adapter's code if necessary. Undefined: the name is unknown.
 */
export interface RuntimeLoader {
  (name: string): Promise<RuntimeFactory | undefined>;
  /** The names that it knows, for messages. */
  readonly names?: readonly string[];
}

/** The runtimes of a daemon. Each is created when the first container needs it. */
export class Runtimes {
  readonly #load: RuntimeLoader;
  readonly #deps: RuntimeDeps;
  readonly #runtimes = new Map<string, Promise<Runtime | undefined>>();

  constructor(load: RuntimeLoader, deps: RuntimeDeps) {
    this.#load = load;
    this.#deps = deps;
  }

  /**
   * Finds a runtime. Resolves to undefined for a name that is not configured. A load that failed is retried the next
   * time.
   */
  find(name: string): Promise<Runtime | undefined> {
    const known = this.#runtimes.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(name).then((factory) => factory && make(name, () => factory(this.#deps)));
    this.#runtimes.set(name, loading);
    loading.catch(() => this.#runtimes.delete(name));
    return loading;
  }

  /** @throws {StatusError} NotFound – no such runtime is configured. */
  async get(name: string): Promise<Runtime> {
    const runtime = await this.find(name);
    if (runtime === undefined) throw notFound(`runtime ${JSON.stringify(name)}: not found${this.#alternatives(name)}`);
    return runtime;
  }

  #alternatives(name: string): string {
    const { names = [] } = this.#load;
    return names.length === 0 ? "" : ` among ${names.join(", ")}${suggestion(name, names)}`;
  }
}

const required = ["create", "start", "kill", "delete"] as const;

/** @throws {StatusError} FailedPrecondition – the factory throws, or does not return a runtime. */
function make(name: string, factory: () => Runtime): Runtime {
  let runtime: Partial<Runtime> | undefined;
  try {
    runtime = factory();
  } catch (cause) {
    throw failedPrecondition(
      `dunnage: runtime ${name}: its factory threw ${String((cause as Error)?.message ?? cause)}`,
    );
  }
  const missing = required.filter((method) => typeof runtime?.[method] !== "function");
  if (missing.length === 0) return runtime as Runtime;
  throw failedPrecondition(`dunnage: runtime ${name}: its factory made no runtime, it has no ${missing.join(", ")}`);
}
