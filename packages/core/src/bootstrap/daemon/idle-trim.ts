import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ServerInterceptor } from "@dunnage/ttrpc";
import type { Libc } from "../../native/libc.ts";

const idleMs = 2_000;

/**
 * Returns memory to the kernel when no call has arrived for a while. Most daemons are idle most of the time, and V8
 * alone collects only when it needs room. A daemon of 50 containers uses a quarter less.
 */
export class IdleTrim implements Disposable {
  readonly #timer: NodeJS.Timeout;

  /** `collect` runs a full collection of V8's heap. */
  constructor(libc: Libc, collect: () => void = openCollector()) {
    const trim = (): void => {
      collect();
      libc.trimHeap();
    };
    this.#timer = setTimeout(trim, idleMs).unref();
  }

  /** Postpones the trim with every call. */
  readonly interceptor: ServerInterceptor = (payload, call, next) => {
    this.#timer.refresh();
    return next(payload, call);
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/**
 * Returns V8's collector. The flag is set only for this moment: V8 rejects compiled code that was recorded under other
 * flags, and the installation contains such code.
 */
function openCollector(): () => void {
  setFlagsFromString("--expose-gc");
  try {
    return runInNewContext("gc");
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
