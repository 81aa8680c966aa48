import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import bwrap from "../../examples/runtime-bwrap/index.ts";
import wasi from "../../examples/runtime-wasi/index.ts";
import { runtimeContract } from "../../packages/core/src/testing/index.ts";
import { buildWasmModules } from "../_support/wasm-modules.ts";

runtimeContract(test, { name: "bwrap", runtime: bwrap.runtime ?? missing, terminal: false });

let modules: ReadonlyMap<string, Uint8Array>;
test.before(async () => {
  modules = await buildWasmModules();
});

/** A module has no signal handlers and no children, so the cases that need them have no program to run. */
runtimeContract(test, {
  name: "wasi",
  runtime: wasi.runtime ?? missing,
  terminal: false,
  rootfs: (dir) => {
    mkdirSync(dir, { recursive: true });
    for (const [name, bytes] of modules) writeFileSync(join(dir, `${name}.wasm`), bytes);
  },
  programs: {
    print: ({ out, err, exitStatus }) => ["/print.wasm", out, err, String(exitStatus)],
    sleep: () => ["/sleep.wasm"],
    cat: () => ["/cat.wasm"],
    tick: () => ["/tick.wasm"],
    spin: () => ["/spin.wasm"],
    missing: () => ["/nothing.wasm"],
  },
});

function missing(): never {
  throw new Error("the plugin has no runtime");
}
