import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type FileIdentity, readIdentity } from "../../hooks/loader/file-identity.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { daemonFiles } from "./paths.ts";

/** How long a claim keeps an empty daemon alive: the time that containerd may take from `start` to Create. */
export const claimFreshMs = 60_000;

/**
 * The containers that were promised to a daemon. Each has one file, named by its id, that contains the name of the
 * runtime. `start` leaves a claim before it checks whether the daemon still exists. The claim is removed when the
 * container is deleted. PROTOCOL.md says which other processes may remove a claim.
 */
export class Claims {
  readonly #directory: string;

  /** `daemonDir`: directory of the daemon. */
  constructor(daemonDir: string) {
    this.#directory = join(daemonDir, daemonFiles.claims);
  }

  /** @throws ENOENT – the daemon has ended. */
  add(id: string, runtime: string): void {
    writeFileSync(this.path(id), `${runtime}\n`, { mode: 0o600 });
  }

  path(id: string): string {
    return join(this.#directory, id);
  }

  has(id: string): boolean {
    return this.identity(id) !== undefined;
  }

  /** Returns the name of the runtime that a container was started with; undefined: no claim. */
  runtimeOf(id: string): string | undefined {
    try {
      return readFileSync(this.path(id), "utf8").trim() || undefined;
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  /** Returns what distinguishes a claim from a later one with the same id; undefined: there is no claim. */
  identity(id: string): FileIdentity | undefined {
    return readIdentity(this.path(id));
  }

  ids(): string[] {
    try {
      return readdirSync(this.#directory);
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  remove(id: string): void {
    rmSync(this.path(id), { force: true });
  }
}
