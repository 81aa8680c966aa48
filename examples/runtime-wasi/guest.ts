/** The process of one container: `node guest.ts BUNDLE`. Runs the module that config.json names, once a byte came through descriptor 3. */
import { readFileSync, readSync, realpathSync, writeSync } from "node:fs";
import { join, resolve } from "node:path";
import { WASI } from "node:wasi";

const [bundle = "", gate, trapped, invalid] = [process.argv[2], 3, 134, 126];

function fail(error: unknown, exitStatus: number): never {
  writeSync(2, `wasi: ${(error as Error).message}\n`);
  process.exit(exitStatus);
}

const { process: spec, root } = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8"));
const rootfs = realpathSync(resolve(bundle, root.path));
const env = Object.fromEntries((spec.env ?? []).map((entry: string) => entry.split(/=(.*)/s, 2)));
const wasi = new WASI({ version: "preview1", args: spec.args, env, preopens: { "/": rootfs } });
const module = await WebAssembly.compile(readFileSync(join(rootfs, spec.args[0]))).catch((error) =>
  fail(error, invalid),
);
const instance = await WebAssembly.instantiate(module, wasi.getImportObject() as WebAssembly.Imports);
readSync(gate, Buffer.alloc(1));
process.setgroups?.(spec.user?.additionalGids ?? []);
process.setgid?.(spec.user?.gid ?? 0);
process.setuid?.(spec.user?.uid ?? 0);
try {
  process.exit(wasi.start(instance));
} catch (error) {
  fail(error, trapped);
}
