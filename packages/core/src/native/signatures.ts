/**
 * The C functions that the shim calls, as data: result, then parameters. Every backend binds exactly this table.
 * `pointer` is a Buffer or null, `string` is copied to a NUL-terminated C string for the duration of the call.
 *
 * `prctl`, `fcntl`, `ioctl` and `syscall` are variadic in C. The table gives them the fixed parameters that are used
 * here: on Linux, x86_64 and aarch64 pass integer arguments of variadic functions in the same registers as those of
 * others. `long` results are sizes below 2^53.
 */
export const signatures = {
  _exit: ["int", ["int"]],
  accept4: ["int", ["int", "pointer", "pointer", "int"]],
  bind: ["int", ["int", "pointer", "uint"]],
  dup2: ["int", ["int", "int"]],
  eventfd: ["int", ["uint", "int"]],
  fcntl: ["int", ["int", "int", "long"]],
  flock: ["int", ["int", "int"]],
  futimens: ["int", ["int", "pointer"]],
  getrlimit: ["int", ["int", "pointer"]],
  getsockopt: ["int", ["int", "int", "int", "pointer", "pointer"]],
  ioctl: ["int", ["int", "ulong", "pointer"]],
  listen: ["int", ["int", "int"]],
  malloc_trim: ["int", ["ulong"]],
  memfd_create: ["int", ["string", "uint"]],
  pipe2: ["int", ["pointer", "int"]],
  poll: ["int", ["pointer", "ulong", "int"]],
  posix_spawn: ["int", ["pointer", "string", "pointer", "pointer", "pointer", "pointer"]],
  posix_spawn_file_actions_addchdir_np: ["int", ["pointer", "string"]],
  posix_spawn_file_actions_adddup2: ["int", ["pointer", "int", "int"]],
  posix_spawn_file_actions_addopen: ["int", ["pointer", "int", "string", "int", "uint"]],
  posix_spawn_file_actions_destroy: ["int", ["pointer"]],
  posix_spawn_file_actions_init: ["int", ["pointer"]],
  posix_spawnattr_init: ["int", ["pointer"]],
  posix_spawnattr_setflags: ["int", ["pointer", "short"]],
  posix_spawnattr_setpgroup: ["int", ["pointer", "int"]],
  posix_spawnattr_setsigdefault: ["int", ["pointer", "pointer"]],
  posix_spawnattr_setsigmask: ["int", ["pointer", "pointer"]],
  prctl: ["int", ["int", "ulong", "ulong", "ulong", "ulong"]],
  recvmsg: ["long", ["int", "pointer", "int"]],
  sendmsg: ["long", ["int", "pointer", "int"]],
  setrlimit: ["int", ["int", "pointer"]],
  setsid: ["int", []],
  socket: ["int", ["int", "int", "int"]],
  splice: ["long", ["int", "pointer", "int", "pointer", "ulong", "uint"]],
  syscall: ["long", ["long", "long", "pointer", "long", "pointer", "ulong"]],
  umount2: ["int", ["string", "int"]],
  waitid: ["int", ["int", "uint", "pointer", "int"]],
} as const satisfies Record<string, Signature>;

export type CType = "short" | "int" | "uint" | "long" | "ulong" | "pointer" | "string";
export type Signature = readonly [result: "int" | "long", parameters: readonly CType[]];
export type FunctionName = keyof typeof signatures;

type Argument<T extends CType> = T extends "pointer" ? Buffer | null : T extends "string" ? string : number;
type Arguments<P extends readonly CType[]> = { -readonly [K in keyof P]: Argument<P[K]> };

/** The bound table. A function is bound on first use, so that start-up pays only for the functions that it calls. */
export type CFunctions = {
  readonly [N in FunctionName]: (...args: Arguments<(typeof signatures)[N][1]>) => number;
};

/** A function whose parameters the table describes. */
export type CFunction = (...args: (number | string | Buffer | null)[]) => number;

/** An FFI library that is bound to the C library of this process. */
export interface Backend {
  readonly name: string;
  readonly functions: CFunctions;
  /** errno of the last call. Only reading the result may come between the call and this one. */
  errno(): number;
  /** Address of the first byte; valid as long as the Buffer is reachable. */
  addressOf(buffer: Buffer): bigint;
}

/** Creates the table from a function that binds one symbol. */
export function bindLazily(bind: (name: FunctionName, signature: Signature) => CFunction): CFunctions {
  const table = {};
  for (const [name, signature] of Object.entries(signatures)) {
    Object.defineProperty(table, name, {
      configurable: true,
      get() {
        const bound = bind(name as FunctionName, signature);
        Object.defineProperty(table, name, { value: bound });
        return bound;
      },
    });
  }
  return table as CFunctions;
}
