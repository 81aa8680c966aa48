import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { Code } from "@dunnage/ttrpc";
import test from "ava";
import type { ContainerRef, Runtime } from "../../src/runtime/runtime.ts";
import { openFakeRuntime } from "../_support/fake-oci-runtime.ts";
import { ShimProcess } from "../_support/shim-process.ts";
import { FullFileSystem, noFreeDescriptors } from "../_support/shortage.ts";

const shim = new ShimProcess();
const nul = openSync("/dev/null", "r+");
test.after.always(() => {
  closeSync(nul);
  shim[Symbol.dispose]();
});

const stdio = { stdin: nul, stdout: nul, stderr: nul };
const never = new AbortController().signal;

const ending: readonly (readonly [
  verb: string,
  call: (runtime: Runtime, container: ContainerRef) => Promise<unknown>,
])[] = [
  ["kill", (runtime, container) => runtime.kill(container, { signal: 9, all: false }, never)],
  ["delete", (runtime, container) => runtime.delete(container, { force: false }, never)],
  ["pause", async (runtime, container) => runtime.pause?.(container, never)],
  ["resume", async (runtime, container) => runtime.resume?.(container, never)],
];

for (const resource of ["inodes", "blocks"] as const) {
  test.serial(
    `kill, delete, pause, resume – file system of the bundle without free ${resource} – are run`,
    async (t) => {
      using full = new FullFileSystem(resource);
      using fake = openFakeRuntime(shim, 'echo "$verb" >> "$dir/verbs"');
      const container = { ...fake.container, bundle: full.path };
      for (const [, call] of ending) await call(fake.runtime, container);
      t.is(readFileSync(fake.bundle.join("verbs"), "utf8"), "kill\ndelete\npause\nresume\n");
    },
  );
}

test.serial("kill, delete, pause, resume – no free descriptor – are run", async (t) => {
  using fake = openFakeRuntime(shim, 'echo "$verb" >> "$dir/verbs"');
  for (const [, call] of ending) {
    using _ = noFreeDescriptors();
    await call(fake.runtime, fake.container);
  }
  t.is(readFileSync(fake.bundle.join("verbs"), "utf8"), "kill\ndelete\npause\nresume\n");
});

test.serial("kill – the process has ended, no free inode for a log – NotFound by what is on stderr", async (t) => {
  using full = new FullFileSystem("inodes");
  using fake = openFakeRuntime(shim, "echo container not running >&2; exit 1");
  const container = { ...fake.container, bundle: full.path };
  const killing = fake.runtime.kill(container, { signal: 9, all: false }, never);
  await t.throwsAsync(killing, { code: Code.NotFound, message: "process already finished" });
});

test.serial(
  "exec – file system of the bundle without free blocks – the error names the file, none is left",
  async (t) => {
    using full = new FullFileSystem("blocks");
    using fake = openFakeRuntime(shim, "exit 0");
    const container = { ...fake.container, bundle: full.path };
    const process = { env: ["X=".padEnd(100_000, "x")] };
    const exec = fake.runtime.exec?.({ container, execId: "e", process, stdio }, never) ?? Promise.resolve();
    const path = `${full.path}/exec-e-process.json`;
    await t.throwsAsync(exec, {
      code: Code.Unknown,
      message: `write OCI process ${path}: ENOSPC: no space left on device`,
    });
    t.false(existsSync(path));
  },
);

test("any call – working directory – is the bundle, as with containerd's shim", async (t) => {
  using fake = openFakeRuntime(shim, 'pwd > "$dir/cwd"; printf 4711 > "$pidfile"');
  await fake.runtime.create({ container: fake.container, stdio }, never);
  t.is(readFileSync(fake.bundle.join("cwd"), "utf8"), `${fake.container.bundle}\n`);
});
