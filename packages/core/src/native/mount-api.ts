import { closeSync } from "node:fs";
import { constants as system } from "node:os";
import { Linux } from "./constants.ts";
import type { MountClone } from "./libc.ts";
import { LibcError } from "./libc-error.ts";
import type { Backend, CFunctions } from "./signatures.ts";

const empty = toCString("");

/**
 * The system calls that clone a mount, with or without an id mapping; mount(8) can clone id-mapped only since
 * util-linux 2.39. They are called through syscall(2), because glibc has functions for them since 2.36 and musl has
 * none.
 * @see mount_setattr(2)
 */
export class MountApi {
  readonly #c: CFunctions;
  readonly #errno: () => number;
  /** struct mount_attr: attr_set u64 @0 · attr_clr u64 @8 · propagation u64 @16 · userns_fd u64 @24. */
  readonly #attributes = Buffer.alloc(32);

  constructor(backend: Backend) {
    this.#c = backend.functions;
    this.#errno = backend.errno;
  }

  mountClone({ source, target, userNamespaceFd, recursive, readOnly }: MountClone): void {
    const depth = recursive ? Linux.AT_RECURSIVE : 0;
    const tree = this.#openTree(source, depth);
    try {
      const idMap = userNamespaceFd === undefined ? 0 : Linux.MOUNT_ATTR_IDMAP;
      this.#attributes.writeBigUInt64LE(BigInt(idMap | (readOnly ? Linux.MOUNT_ATTR_RDONLY : 0)), 0);
      this.#attributes.writeBigUInt64LE(BigInt(Linux.MS_PRIVATE), 16);
      this.#attributes.writeBigUInt64LE(BigInt(userNamespaceFd ?? 0), 24);
      const size = this.#attributes.length;
      this.#call("mount_setattr", source, [tree, empty, Linux.AT_EMPTY_PATH | depth, this.#attributes, size]);
      const to = toCString(target);
      this.#call("move_mount", target, [tree, empty, Linux.AT_FDCWD, to, Linux.MOVE_MOUNT_F_EMPTY_PATH]);
    } finally {
      closeSync(tree);
    }
  }

  detachMount(path: string): void {
    const result = this.#c.umount2(path, Linux.MNT_DETACH | Linux.UMOUNT_NOFOLLOW);
    if (result === -1) throw new LibcError("umount2", this.#errno(), path);
  }

  /** Wherever the call exists, a size of 0 is invalid. */
  hasIdMappedMounts(): boolean {
    this.#attributes.fill(0);
    const result = this.#c.syscall(numbers.mount_setattr, -1, empty, 0, this.#attributes, 0);
    return result === -1 && this.#errno() === system.errno.EINVAL;
  }

  #openTree(path: string, depth: number): number {
    const flags = Linux.OPEN_TREE_CLONE | Linux.O_CLOEXEC | depth;
    return this.#call("open_tree", path, [Linux.AT_FDCWD, toCString(path), flags, null, 0]);
  }

  #call(name: keyof typeof numbers, subject: string, args: Arguments): number {
    const result = this.#c.syscall(numbers[name], ...args);
    if (result === -1) throw new LibcError(name, this.#errno(), subject);
    return result;
  }
}

type Arguments = readonly [number, Buffer, number, Buffer | null, number];

/** System call numbers, the same on every architecture. */
const numbers = { open_tree: 428, move_mount: 429, mount_setattr: 442 } as const;

function toCString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}
