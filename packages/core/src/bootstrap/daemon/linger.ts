import { maxTimerMs } from "../../reaper/deadline.ts";

/** What the end of a daemon depends on, and what it takes. */
export interface Lingering {
  /** How long an empty daemon stays. Infinity: until `endNow`. */
  readonly lingerMs: number;
  isEmpty(): boolean;
  /** Whether a container was promised to the daemon that has not arrived yet. */
  hasFreshClaim(): boolean;
  /** Whether containerd is there no more; resolves soon. */
  isContainerdGone(): Promise<boolean>;
  withdraw(): void;
  register(): void;
  /** Called once: nothing can arrive any more. */
  end(): void;
}

/**
 * Decides when a daemon ends: some time after its last container, or at once when containerd is gone too.
 * A launcher leaves a claim before it looks for the registration; so the registration goes first and the claims are looked
 * at after that. Whatever the order of the two, the claim is seen here or the withdrawal there.
 */
export class Linger {
  readonly #daemon: Lingering;
  #timer: NodeJS.Timeout | undefined;
  #hasEnded = false;

  constructor(daemon: Lingering) {
    this.#daemon = daemon;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** To be called when the number of containers changed, and once at the beginning. */
  update(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#hasEnded || !this.#daemon.isEmpty() || this.#daemon.lingerMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#tryEnd(), Math.min(this.#daemon.lingerMs, maxTimerMs));
  }

  /** Ends an empty daemon whose containerd is gone, without waiting. To be called now and then. */
  async check(): Promise<void> {
    if (this.#hasEnded || !this.#daemon.isEmpty() || !(await this.#daemon.isContainerdGone())) return;
    this.#tryEnd();
  }

  /** Ends the daemon, whatever it holds. */
  endNow(): void {
    if (this.#hasEnded) return;
    clearTimeout(this.#timer);
    this.#hasEnded = true;
    this.#daemon.withdraw();
    this.#daemon.end();
  }

  #tryEnd(): void {
    if (this.#hasEnded || !this.#daemon.isEmpty()) return;
    this.#daemon.withdraw();
    if (!this.#daemon.hasFreshClaim()) {
      this.endNow();
      return;
    }
    this.#daemon.register();
    this.update();
  }
}
