import { createRequire } from "node:module";
import test, { type ExecutionContext } from "ava";
import type { Libc } from "../../src/native/libc.ts";
import { openLibc } from "../../src/native/open-libc.ts";

const backends = ["koffi", "ffi-napi"] as const;
const noFfiNapi = "ffi-napi addon is not built on this host";

/**
 * Registers one serial test per backend. If ffi-napi's addon is missing, its test is skipped, with the reason in the
 * title.
 */
export function eachBackend(title: string, run: (t: ExecutionContext, libc: Libc) => Promise<void> | void): void {
  for (const backend of backends) {
    if (backend === "ffi-napi" && !hasFfiNapi()) test.skip(`${title} – ${backend} – ${noFfiNapi}`, () => {});
    else test.serial(`${title} – ${backend}`, async (t) => run(t, await openLibc({ backend })));
  }
}

/** The package is an optional dependency whose addon is compiled when it is installed. */
function hasFfiNapi(): boolean {
  try {
    createRequire(import.meta.url)("@2060.io/ffi-napi");
    return true;
  } catch {
    return false;
  }
}
