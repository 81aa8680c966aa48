import { renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";
import { daemonFiles } from "./paths.ts";
import { encodeRegistration, type Registration } from "./registration.ts";

/**
 * How often a daemon dates its registration into the future, and how far. A newer claim shows that the daemon is not
 * running.
 */
export const heartbeatMs = 10_000;
const aheadMs = 30_000;

type State = "withdrawn" | "open" | "closed";

/** The registration of a daemon, through which `start` finds it. See PROTOCOL.md, "The life of a registration". */
export class Presence {
  readonly #directory: string;
  readonly #content: string;
  #state: State = "withdrawn";
  #isDisplaced = false;

  /** @throws {StatusError} InvalidArgument – a value of the registration cannot be encoded. */
  constructor(directory: string, registration: Registration) {
    this.#directory = directory;
    this.#content = encodeRegistration(registration);
  }

  get state(): State {
    return this.#state;
  }

  /** True once another process considered this daemon hung and removed the registration. It never registers again. */
  get isDisplaced(): boolean {
    return this.#isDisplaced;
  }

  /** Registers as open: for any container of the group. */
  open(): void {
    this.#show("open");
  }

  /** Registers as closed: only for members of a pod that is already here, or of this very pod or container. */
  close(): void {
    this.#show("closed");
  }

  /**
   * Removes the registration. From now on no launcher finds this daemon. A launcher that left a claim before that may
   * still have answered.
   */
  withdraw(): void {
    rmSync(this.#path("open"), { force: true });
    rmSync(this.#path("closed"), { force: true });
    this.#state = "withdrawn";
  }

  /** Shows that the daemon is running. */
  beat(): void {
    if (this.#state !== "withdrawn") this.#unlessDisplaced(() => dateAhead(this.#path(this.#state)));
  }

  #show(state: "open" | "closed"): void {
    if (this.#isDisplaced || this.#state === state) return;
    if (this.#state === "withdrawn") this.#write(this.#path(state));
    else this.#unlessDisplaced(() => renameSync(this.#path(this.#state), this.#path(state)));
    if (!this.#isDisplaced) this.#state = state;
  }

  #write(path: string): void {
    const temporary = `${path}.tmp`;
    writeFileSync(temporary, this.#content, { mode: 0o600 });
    dateAhead(temporary);
    renameSync(temporary, path);
  }

  #unlessDisplaced(change: () => void): void {
    try {
      change();
    } catch (error) {
      if (!hasErrorCode(error, "ENOENT")) throw error;
      this.#isDisplaced = true;
      this.#state = "withdrawn";
    }
  }

  #path(state: State): string {
    return join(this.#directory, state === "open" ? daemonFiles.open : daemonFiles.closed);
  }
}

// These file times come from the wall clock. If the clock is set, the next beat corrects them. Set forward: Node pings
// a daemon that answers. Set back: a daemon that hangs at the same time is detected late. To use a monotonic clock, a
// launcher would need a process, or reads.
function dateAhead(path: string): void {
  const now = Date.now();
  utimesSync(path, new Date(now), new Date(now + aheadMs));
}
