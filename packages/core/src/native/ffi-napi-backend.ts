import { type Backend, bindLazily, type CFunction } from "./signatures.ts";

/** The part of ffi-napi's interface that is used here; the fork and the original share it. */
interface FfiNapi {
  Library(path: null, functions: Record<string, readonly [string, readonly string[]]>): Record<string, CFunction>;
  errno(): number;
}

/** ref-napi, which ffi-napi loads, adds this method to every Buffer. */
interface AddressableBuffer extends Buffer {
  hexAddress(): string;
}

/**
 * Loads ffi-napi, an optional peer dependency.
 *
 * @param specifier of the module to import; default: the maintained fork.
 */
export async function openFfiNapi(specifier = "@2060.io/ffi-napi"): Promise<Backend> {
  const { default: ffi }: { default: FfiNapi } = await import(specifier);
  return {
    name: "ffi-napi",
    functions: bindLazily((name, signature) => {
      const bound = ffi.Library(null, { [name]: signature })[name];
      if (bound === undefined) throw new Error(`ffi-napi did not bind ${name}`);
      return bound;
    }),
    errno: ffi.errno,
    addressOf: (buffer) => BigInt(`0x${(buffer as AddressableBuffer).hexAddress()}`),
  };
}
