import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";
import { daemonFiles } from "./paths.ts";

/** How long a claim keeps an empty daemon alive: what containerd may take from `start` to Create. */
export const claimFreshMs = 60_000;

/**
 * The containers that were promised to a daemon: one file each, named by the id, with the name of the runtime in it.
 * `start` leaves a claim before it looks whether the daemon is still there; it goes when the container is deleted.
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
    return this.ageMs(id) !== undefined;
  }

  /** Name of the runtime that a container was started by; undefined: no claim. */
  runtimeOf(id: string): string | undefined {
    try {
      return readFileSync(this.path(id), "utf8").trim() || undefined;
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }

  /** Time since the claim was left; undefined: there is none. */
  ageMs(id: string): number | undefined {
    const stat = statSync(this.path(id), { throwIfNoEntry: false });
    return stat === undefined ? undefined : Date.now() - stat.mtimeMs;
  }

  ids(): string[] {
    try {
      return readdirSync(this.#directory);
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) return [];
      throw error;
    }
  }

  /** Whether a container may still come: a clock that was set back must not make a claim eternal. */
  hasFresh(): boolean {
    return this.ids().some((id) => Math.abs(this.ageMs(id) ?? claimFreshMs) < claimFreshMs);
  }

  remove(id: string): void {
    rmSync(this.path(id), { force: true });
  }
}
