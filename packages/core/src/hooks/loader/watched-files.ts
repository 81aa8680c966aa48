import { identityText, readIdentity } from "./file-identity.ts";

/** The files that decide what plugins do, each with the identity that it had before it was read. */
export class WatchedFiles {
  readonly #identities = new Map<string, string>();

  /** Records the identity that a file has now. If a file is recorded again, its first identity counts. */
  watch(path: string): void {
    if (!this.#identities.has(path)) this.#identities.set(path, identityText(readIdentity(path)));
  }

  /** The recorded identities, as text. */
  get recorded(): string {
    return [...this.#identities.values()].join();
  }

  /** The current identities, as text: equal to `recorded` if no file has changed. One stat per file. */
  get current(): string {
    return [...this.#identities.keys()].map((path) => identityText(readIdentity(path))).join();
  }
}
