import { writeFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";
import { buildBusyboxImage } from "./busybox-image.ts";
import type { Containerd } from "./containerd.ts";

/** Names and texts of WASI programs. @see https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md */
const texts: Readonly<Record<string, string>> = {
  /** `hello` to stdout, `oops` to stderr, status 7. */
  hello: `(module ${wasi("fd_write", 4)} ${wasi("proc_exit", 1, false)} (memory (export "memory") 1)
    (data (i32.const 16) "hello\\noops\\n")
    (func (export "_start")
      ${write(1, 16, 6)}
      ${write(2, 22, 5)}
      (call $proc_exit (i32.const 7))))`,
  /** Its first argument after the name, and its environment, each ended by NUL. */
  words: `(module ${wasi("fd_write", 4)} ${wasi("args_sizes_get", 2)} ${wasi("args_get", 2)}
      ${wasi("environ_sizes_get", 2)} ${wasi("environ_get", 2)} (memory (export "memory") 1)
    (func (export "_start")
      (drop (call $args_sizes_get (i32.const 8) (i32.const 12)))
      (drop (call $args_get (i32.const 64) (i32.const 1024)))
      ${write(1, 1024, "(i32.load (i32.const 12))")}
      (drop (call $environ_sizes_get (i32.const 8) (i32.const 12)))
      (drop (call $environ_get (i32.const 64) (i32.const 2048)))
      ${write(1, 2048, "(i32.load (i32.const 12))")}))`,
  /** Standard input to standard output. */
  cat: `(module ${wasi("fd_write", 4)} ${wasi("fd_read", 4)} (memory (export "memory") 1)
    (func (export "_start")
      (loop $more
        (i32.store (i32.const 0) (i32.const 1024))
        (i32.store (i32.const 4) (i32.const 4096))
        (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
        (if (i32.load (i32.const 8)) (then
          ${write(1, 1024, "(i32.load (i32.const 8))")}
          (br $more))))))`,
  /** Says \`spinning\` and never ends. */
  spin: `(module ${wasi("fd_write", 4)} (memory (export "memory") 1) (data (i32.const 16) "spinning\\n")
    (func (export "_start") ${write(1, 16, 9)} (loop $again (br $again))))`,
  /** Ends by a trap. */
  trap: `(module (memory (export "memory") 1) (func (export "_start") unreachable))`,
};

/** Gives containerd an image whose root holds `NAME.wasm` for each program, and `text.wasm`, which is none. */
export async function importWasmImage(containerd: Containerd, name: string): Promise<void> {
  const files = new Map(Array.from(await buildWasmModules(), ([module, bytes]) => [`${module}.wasm`, bytes]));
  files.set("text.wasm", Buffer.from("no module"));
  const archive = join(containerd.dir, "wasm.tar");
  writeFileSync(archive, buildBusyboxImage({ name, files }));
  await containerd.ctrOk("image", "import", archive);
}

async function buildWasmModules(): Promise<ReadonlyMap<string, Uint8Array>> {
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

/** An import of the WASI with so many i32 parameters. */
function wasi(name: string, parameters: number, hasResult = true): string {
  const result = hasResult ? "(result i32)" : "";
  const type = `(param ${"i32 ".repeat(parameters)}) ${result}`;
  return `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${type}))`;
}

/** A call of fd_write for `length` bytes at `offset`; the vector is at 0, the count at 40960. */
function write(fd: number, offset: number, length: number | string): string {
  const size = typeof length === "number" ? `(i32.const ${length})` : length;
  return `(i32.store (i32.const 4) ${size}) (i32.store (i32.const 0) (i32.const ${offset}))
    (drop (call $fd_write (i32.const ${fd}) (i32.const 0) (i32.const 1) (i32.const 40960)))`;
}
