import { closeSync, constants, readdirSync } from "node:fs";
import { constants as system } from "node:os";
import { Linux } from "./constants.ts";
import type { Libc, SpawnFileActions } from "./libc.ts";
import { LibcError } from "./libc-error.ts";
import type { Backend } from "./signatures.ts";

/**
 * Size in bytes of a structure whose layout is private to the library; glibc's largest here, posix_spawnattr_t, has
 * 336.
 */
const opaqueBytes = 512;
/** sigset_t, one bit per signal. sigfillset(3) would omit 32 and 33, which glibc then sets to ignored in the child. */
const sigsetBytes = 128;
const standardStreams = [0, 1, 2];
const { EINVAL } = system.errno;

/**
 * posix_spawn(3) with the attributes that all children of the shim share. glibc implements it with clone(CLONE_VM |
 * CLONE_VFORK): its cost does not grow with the memory of this process, and a failed exec is reported as its result.
 */
export class Spawner {
  readonly #backend: Backend;
  readonly #libc: Pick<Libc, "openFilesLimit" | "setOpenFilesLimit" | "setCloseOnExec">;
  #attributes: Buffer | undefined;

  constructor(backend: Backend, libc: Pick<Libc, "openFilesLimit" | "setOpenFilesLimit" | "setCloseOnExec">) {
    this.#backend = backend;
    this.#libc = libc;
  }

  /** @see Libc.spawn */
  spawn(path: string, argv: readonly string[], env: readonly string[], actions: SpawnFileActions): number {
    this.#attributes ??= this.#openAttributes();
    using stack = new DisposableStack();
    const fileActions = this.#openFileActions(actions, stack);
    // After the duplicates of #withoutCollisions, whose numbers may be above the lower limit.
    if (actions.openFilesSoftLimit !== undefined) this.#limitOpenFiles(actions.openFilesSoftLimit, stack);
    const pid = Buffer.alloc(4);
    const argvBlock = this.#toStringArray(argv);
    const envBlock = this.#toStringArray(env);
    const { posix_spawn } = this.#backend.functions;
    check("posix_spawn", posix_spawn(pid, path, fileActions, this.#attributes, argvBlock, envBlock), path);
    return pid.readInt32LE(0);
  }

  /** A child inherits the limits of this process, which gets its own back when `stack` is disposed. */
  #limitOpenFiles(soft: number, stack: DisposableStack): void {
    const before = this.#libc.openFilesLimit();
    this.#libc.setOpenFilesLimit({ soft: Math.min(soft, before.hard), hard: before.hard });
    stack.defer(() => this.#libc.setOpenFilesLimit(before));
  }

  /** Created before the first spawn and kept; glibc's attributes own no memory. */
  #openAttributes(): Buffer {
    const c = this.#backend.functions;
    const attributes = Buffer.alloc(opaqueBytes);
    const noSignals = Buffer.alloc(sigsetBytes);
    const allSignals = Buffer.alloc(sigsetBytes, 0xff);
    check("posix_spawnattr_setsigmask", c.posix_spawnattr_setsigmask(attributes, noSignals));
    check("posix_spawnattr_setsigdefault", c.posix_spawnattr_setsigdefault(attributes, allSignals));
    check("posix_spawnattr_setpgroup", c.posix_spawnattr_setpgroup(attributes, 0));
    const flags = Linux.POSIX_SPAWN_SETPGROUP | Linux.POSIX_SPAWN_SETSIGDEF | Linux.POSIX_SPAWN_SETSIGMASK;
    check("posix_spawnattr_setflags", c.posix_spawnattr_setflags(attributes, flags));
    this.#closeInheritedOnExec();
    return attributes;
  }

  /** Node opens everything with O_CLOEXEC. Descriptors that this process itself inherited lack the flag. */
  #closeInheritedOnExec(): void {
    const inherited = readdirSync("/proc/self/fd").map(Number);
    for (const fd of inherited.filter((number) => !standardStreams.includes(number))) {
      try {
        this.#libc.setCloseOnExec(fd, true);
      } catch (error) {
        // The descriptor of the directory itself is closed by now.
        if (!(error instanceof LibcError && error.code === "EBADF")) throw error;
      }
    }
  }

  #openFileActions(actions: SpawnFileActions, stack: DisposableStack): Buffer {
    const c = this.#backend.functions;
    const buffer = Buffer.alloc(opaqueBytes);
    check("posix_spawn_file_actions_init", c.posix_spawn_file_actions_init(buffer));
    stack.defer(() => c.posix_spawn_file_actions_destroy(buffer));
    const targets = actions.dup2.map(([, to]) => to);
    for (const fd of standardStreams.filter((number) => !targets.includes(number))) {
      const result = c.posix_spawn_file_actions_addopen(buffer, fd, "/dev/null", constants.O_RDWR, 0);
      check("posix_spawn_file_actions_addopen", result);
    }
    for (const [from, to] of this.#withoutCollisions(actions.dup2, stack)) {
      check("posix_spawn_file_actions_adddup2", c.posix_spawn_file_actions_adddup2(buffer, from, to));
    }
    if (actions.cwd !== undefined) {
      const result = c.posix_spawn_file_actions_addchdir_np(buffer, actions.cwd);
      check("posix_spawn_file_actions_addchdir_np", result);
    }
    return buffer;
  }

  /**
   * The actions run one after the other. A source that is also a target (or one of the standard streams, which
   * `addopen` may replace) would therefore be overwritten before it is read: such sources are first duplicated to
   * numbers above all targets. This also makes `[n, n]` work, which would otherwise leave FD_CLOEXEC set on older C
   * libraries.
   */
  #withoutCollisions(dup2: SpawnFileActions["dup2"], stack: DisposableStack): SpawnFileActions["dup2"] {
    const targets = new Set([...standardStreams, ...dup2.map(([, to]) => to)]);
    const free = Math.max(...targets) + 1;
    return dup2.map(([from, to]) => {
      if (!targets.has(from)) return [from, to] as const;
      const copy = this.#backend.functions.fcntl(from, Linux.F_DUPFD_CLOEXEC, free);
      if (copy === -1) throw new LibcError("fcntl", this.#backend.errno(), `descriptor ${from}`);
      stack.defer(() => closeSync(copy));
      return [copy, to] as const;
    });
  }

  /** `char *[]` with its strings in one block: pointers u64 each · null · NUL-terminated strings. */
  #toStringArray(strings: readonly string[]): Buffer {
    const pointerBytes = 8 * (strings.length + 1);
    const block = Buffer.alloc(strings.reduce((bytes, text) => bytes + Buffer.byteLength(text) + 1, pointerBytes));
    const address = this.#backend.addressOf(block);
    let offset = pointerBytes;
    for (const [index, text] of strings.entries()) {
      if (text.includes("\0")) throw new LibcError("posix_spawn", EINVAL, "argument with a NUL byte");
      block.writeBigUInt64LE(address + BigInt(offset), 8 * index);
      offset += block.write(text, offset) + 1;
    }
    return block;
  }
}

/** The functions of posix_spawn return the error instead of setting errno. */
function check(syscall: string, result: number, subject?: string): void {
  if (result !== 0) throw new LibcError(syscall, result, subject);
}
