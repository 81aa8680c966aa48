import { openFfiNapi } from "./ffi-napi-backend.ts";
import { openKoffi } from "./koffi-backend.ts";
import type { Libc } from "./libc.ts";
import { NativeLibc } from "./native-libc.ts";

export interface OpenLibcOptions {
  /** Default: "koffi". "ffi-napi" is an optional peer dependency: @see docs/decisions/0001-ffi.md */
  readonly backend?: "koffi" | "ffi-napi";
  /** Path of koffi's addon; default: that of the installed package. */
  readonly koffiPath?: string;
  /** Module with ffi-napi's interface; default: "@2060.io/ffi-napi". */
  readonly ffiNapiModule?: string;
}

/** Opens the C library of this process. Rejects if the backend's addon cannot be loaded. */
export async function openLibc(options: OpenLibcOptions = {}): Promise<Libc> {
  if (options.backend === "ffi-napi") return new NativeLibc(await openFfiNapi(options.ffiNapiModule));
  return openKoffiLibc(options.koffiPath);
}

/** As `openLibc` with koffi, but synchronous. */
export const openKoffiLibc = (koffiPath?: string): Libc => new NativeLibc(openKoffi(koffiPath));
