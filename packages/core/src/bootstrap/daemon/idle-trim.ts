import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ServerInterceptor } from "@dunnage/ttrpc";
import type { Libc } from "../../native/libc.ts";

const idleMs = 2_000;

/**
 * Gives memory back when no call has come for a while: most daemons do nothing most of the time, and V8 alone collects
 * only when it needs room. A daemon of 50 containers keeps a quarter less.
 */
export class IdleTrim implements Disposable {
  readonly #timer: NodeJS.Timeout;

  /** `collect`: a full collection of V8's heap. */
  constructor(libc: Libc, collect: () => void = openCollector()) {
    const trim = (): void => {
      collect();
      libc.trimHeap();
    };
    this.#timer = setTimeout(trim, idleMs).unref();
  }

  /** Puts the moment off with every call. */
  readonly interceptor: ServerInterceptor = (payload, call, next) => {
    this.#timer.refresh();
    return next(payload, call);
  };

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/**
 * V8's collector. The flag is there only as long as it takes: V8 refuses compiled code that was recorded under other flags,
 * and the installation carries such code.
 */
function openCollector(): () => void {
  setFlagsFromString("--expose-gc");
  try {
    return runInNewContext("gc");
  } finally {
    setFlagsFromString("--no-expose-gc");
  }
}
