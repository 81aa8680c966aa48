import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

type Call = (...args: unknown[]) => unknown;
const functions = fs as unknown as Record<string, Call>;

/**
 * Records the synchronous calls of node:fs on paths below the `marked` directories until it is disposed. Only one may
 * exist in a process at a time.
 */
export class SyncCalls implements Disposable {
  /** `NAME PATH` of each call. */
  readonly seen: string[] = [];
  readonly #marked: readonly string[];
  readonly #replaced = new Map<string, Call>();
  /** Depth of nested calls: readFileSync calls openSync. */
  #depth = 0;

  constructor(...marked: readonly string[]) {
    this.#marked = marked;
    for (const [name, original] of Object.entries(functions)) {
      if (!name.endsWith("Sync") || typeof original !== "function") continue; // lchmodSync does not exist on Linux
      this.#replaced.set(name, original);
      functions[name] = this.#watch(name, original);
    }
    syncBuiltinESMExports();
  }

  [Symbol.dispose](): void {
    for (const [name, original] of this.#replaced) functions[name] = original;
    syncBuiltinESMExports();
  }

  #watch(name: string, original: Call): Call {
    const watching: Call = (...args) => {
      const paths = this.#depth === 0 ? args.slice(0, 2).filter((arg) => this.#isMarked(arg)) : [];
      this.seen.push(...paths.map((path) => `${name} ${path}`));
      this.#depth++;
      try {
        return original(...args);
      } finally {
        this.#depth--;
      }
    };
    // Properties that are functions as well, such as realpathSync.native.
    const parts = Object.entries(original).map(([key, part]) => [key, this.#watch(`${name}.${key}`, part)]);
    return Object.assign(watching, Object.fromEntries(parts));
  }

  #isMarked(arg: unknown): boolean {
    return typeof arg === "string" && this.#marked.some((dir) => arg === dir || arg.startsWith(`${dir}/`));
  }
}
