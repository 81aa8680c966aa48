import { maxTimerMs } from "../../reaper/deadline.ts";

/** What decides when a daemon ends, and what ends it. */
export interface Lingering {
  /** How long an empty daemon waits for the next container. Infinity: until `endNow`. */
  readonly lingerMs: number;
  isEmpty(): boolean;
  /** Whether a container was promised to the daemon and has not arrived yet. */
  hasFreshClaim(): boolean;
  /** Whether containerd is gone. Resolves soon. */
  isContainerdGone(): Promise<boolean>;
  withdraw(): void;
  register(): void;
  /** Called once, when no container can arrive any more. */
  end(): void;
}

/**
 * Decides when a daemon ends: some time after its last container, or at once if containerd is gone, too. A launcher
 * leaves a claim before it looks for the registration. So the daemon withdraws its registration first and looks for
 * claims after that. In every order of the two, either the daemon sees the claim or the launcher sees the withdrawal.
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

  /** Must be called when the number of containers has changed, and once at the beginning. */
  update(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#hasEnded || !this.#daemon.isEmpty() || this.#daemon.lingerMs === Number.POSITIVE_INFINITY) return;
    this.#timer = setTimeout(() => this.#tryEnd(), Math.min(this.#daemon.lingerMs, maxTimerMs));
  }

  /** Ends an empty daemon at once if its containerd is gone. Must be called from time to time. */
  async check(): Promise<void> {
    if (this.#hasEnded || !this.#daemon.isEmpty() || !(await this.#daemon.isContainerdGone())) return;
    this.#tryEnd();
  }

  /** Ends the daemon, even if it has containers. */
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
