import { identityText, readIdentity } from "./file-identity.ts";

/** The files that decide what plugins do, each with the identity that it had before it was read. */
export class WatchedFiles {
  readonly #seen = new Map<string, string>();

  /** Notes a file as it is now. Of one that is noted again, the first time counts. */
  watch(path: string): void {
    if (!this.#seen.has(path)) this.#seen.set(path, identityText(readIdentity(path)));
  }

  /** What was noted, as text. */
  get noted(): string {
    return [...this.#seen.values()].join();
  }

  /** What is there now, as text: equal to `noted` if no file has changed. One stat per file. */
  get current(): string {
    return [...this.#seen.keys()].map((path) => identityText(readIdentity(path))).join();
  }
}
