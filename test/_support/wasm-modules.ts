import { writeFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";
import { buildBusyboxImage } from "./busybox-image.ts";
import type { Containerd } from "./containerd.ts";

/** A function that writes everything from the second offset to the NUL before the third. */
const writeAll = `(func $write_all (param $fd i32) (param $from i32) (param $end i32)
  (loop $more
    (i32.store (i32.const 0) (local.get $from))
    (i32.store (i32.const 4) (i32.sub (i32.sub (local.get $end) (local.get $from)) (i32.const 1)))
    (if (i32.load (i32.const 4)) (then
      (drop (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
      (local.set $from (i32.add (local.get $from) (i32.load (i32.const 8))))
      (br $more)))))`;

/** Names and texts of WASI programs. @see https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md */
const texts: Readonly<Record<string, string>> = {
  /** Writes `hello` to stdout and `oops` to stderr; exits with 7. */
  hello: `(module ${wasi("fd_write", 4)} ${wasi("proc_exit", 1, false)} (memory (export "memory") 1)
    (data (i32.const 16) "hello\\noops\\n")
    (func (export "_start")
      ${write(1, 16, 6)}
      ${write(2, 22, 5)}
      (call $proc_exit (i32.const 7))))`,
  /** Prints its first argument after the name, and its environment, each terminated by NUL. */
  words: `(module ${wasi("fd_write", 4)} ${wasi("args_sizes_get", 2)} ${wasi("args_get", 2)}
      ${wasi("environ_sizes_get", 2)} ${wasi("environ_get", 2)} (memory (export "memory") 1)
    (func (export "_start")
      (drop (call $args_sizes_get (i32.const 8) (i32.const 12)))
      (drop (call $args_get (i32.const 64) (i32.const 1024)))
      ${write(1, 1024, "(i32.load (i32.const 12))")}
      (drop (call $environ_sizes_get (i32.const 8) (i32.const 12)))
      (drop (call $environ_get (i32.const 64) (i32.const 2048)))
      ${write(1, 2048, "(i32.load (i32.const 12))")}))`,
  /** Copies standard input to standard output. */
  cat: `(module ${wasi("fd_write", 4)} ${wasi("fd_read", 4)} (memory (export "memory") 1)
    (func (export "_start")
      (loop $more
        (i32.store (i32.const 0) (i32.const 1024))
        (i32.store (i32.const 4) (i32.const 4096))
        (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (if (i32.load (i32.const 8)) (then
          ${write(1, 1024, "(i32.load (i32.const 8))")}
          (br $more))))))`,
  /** Prints `spinning` and never exits. */
  spin: `(module ${wasi("fd_write", 4)} (memory (export "memory") 1) (data (i32.const 16) "spinning\\n")
    (func (export "_start") ${write(1, 16, 9)} (loop $again (br $again))))`,
  /** Prints its first argument to stdout and the second to stderr; exits with the third as status. */
  print: `(module ${wasi("fd_write", 4)} ${wasi("args_get", 2)} ${wasi("proc_exit", 1, false)} (memory (export "memory") 8)
    ${writeAll}
    (func (export "_start") (local $at i32) (local $status i32)
      (drop (call $args_get (i32.const 64) (i32.const 1024)))
      (call $write_all (i32.const 1) (i32.load (i32.const 68)) (i32.load (i32.const 72)))
      (call $write_all (i32.const 2) (i32.load (i32.const 72)) (i32.load (i32.const 76)))
      (local.set $at (i32.load (i32.const 76)))
      (loop $digit
        (if (i32.load8_u (local.get $at)) (then
          (local.set $status (i32.add (i32.mul (local.get $status) (i32.const 10))
            (i32.sub (i32.load8_u (local.get $at)) (i32.const 48))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br $digit))))
      (call $proc_exit (local.get $status))))`,
  /** Sleeps for a thousand seconds. */
  sleep: `(module ${wasi("poll_oneoff", 4)} (memory (export "memory") 1)
    (func (export "_start") ${sleep(1_000_000_000_000n)}))`,
  /** Prints `tick`, one per line, about twenty times per second. */
  tick: `(module ${wasi("fd_write", 4)} ${wasi("poll_oneoff", 4)} (memory (export "memory") 1) (data (i32.const 16) "tick\\n")
    (func (export "_start") (loop $again ${write(1, 16, 5)} ${sleep(50_000_000n)} (br $again))))`,
  /** Ends with a trap. */
  trap: `(module (memory (export "memory") 1) (func (export "_start") unreachable))`,
};

/**
 * Imports an image into containerd whose root has `NAME.wasm` for each program, and `text.wasm`, which is not a module.
 */
export async function importWasmImage(containerd: Containerd, name: string): Promise<void> {
  const files = new Map(Array.from(await buildWasmModules(), ([module, bytes]) => [`${module}.wasm`, bytes]));
  files.set("text.wasm", Buffer.from("no module"));
  const archive = join(containerd.dir, "wasm.tar");
  writeFileSync(archive, buildBusyboxImage({ name, files }));
  await containerd.ctrOk("image", "import", archive);
}

/** Encodes the programs; resolves with their bytes, by name. */
export async function buildWasmModules(): Promise<ReadonlyMap<string, Uint8Array>> {
  const { parseWat } = await wabt();
  return new Map(
    Object.entries(texts).map(([name, text]) => {
      const parsed = parseWat(`${name}.wat`, text);
      try {
        return [name, parsed.toBinary({}).buffer];
      } finally {
        parsed.destroy();
      }
    }),
  );
}

/** Returns an import from WASI with this many i32 parameters. */
function wasi(name: string, parameters: number, hasResult = true): string {
  const result = hasResult ? "(result i32)" : "";
  const type = `(param ${"i32 ".repeat(parameters)}) ${result}`;
  return `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${type}))`;
}

/** Returns a call of fd_write for `length` bytes at `offset`. The vector is at 0, the count at 40960. */
function write(fd: number, offset: number, length: number | string): string {
  const size = typeof length === "number" ? `(i32.const ${length})` : length;
  return `(i32.store (i32.const 4) ${size}) (i32.store (i32.const 0) (i32.const ${offset}))
    (drop (call $fd_write (i32.const ${fd}) (i32.const 0) (i32.const 1) (i32.const 40960)))`;
}

/** Returns a call of poll_oneoff with one subscription, at 128: the monotonic clock, this many nanoseconds from now. */
function sleep(ns: bigint): string {
  return `(i32.store (i32.const 144) (i32.const 1)) (i64.store (i32.const 152) (i64.const ${ns}))
    (drop (call $poll_oneoff (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 300)))`;
}
