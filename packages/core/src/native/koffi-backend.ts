import { createRequire } from "node:module";
import { type Backend, bindLazily, type CFunction, type CType } from "./signatures.ts";

/** The part of koffi's addon that is used here. @see https://koffi.dev/functions */
interface Koffi {
  load(path: string | null): { func(name: string, result: string, parameters: readonly string[]): CFunction };
  errno(): number;
  address(value: Buffer): bigint;
}

/**
 * Loads koffi's addon directly: koffi's package reads package.json files, tries paths and wraps deprecated functions,
 * which takes ten times as long and cannot be bundled.
 *
 * @param path of `koffi.node`; default: that of the installed package.
 */
export function openKoffi(path: string = installedKoffi()): Backend {
  const addon: { exports: Partial<Koffi> } = { exports: {} };
  process.dlopen(addon, path);
  const koffi = addon.exports as Koffi;
  const library = koffi.load(null);
  return {
    name: "koffi",
    functions: bindLazily((name, [result, parameters]) => library.func(name, result, parameters.map(toKoffiType))),
    errno: koffi.errno,
    addressOf: koffi.address,
  };
}

const toKoffiType = (type: CType): string => (type === "pointer" ? "void *" : type === "string" ? "str" : type);

/** The addon is in a package per platform next to koffi, with one folder per C library. */
function installedKoffi(): string {
  const require = createRequire(import.meta.url);
  const fromKoffi = createRequire(require.resolve("koffi"));
  return fromKoffi.resolve(`@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`);
}
