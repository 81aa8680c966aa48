import { closeSync } from "node:fs";
import { constants as system } from "node:os";
import { Linux } from "./constants.ts";
import { LibcError } from "./libc-error.ts";
import type { Backend, CFunctions } from "./signatures.ts";

const { EAGAIN, EBADMSG, EINTR, ENAMETOOLONG } = system.errno;

const pathBytes = 107;
/** struct cmsghdr: cmsg_len u64 @0 · cmsg_level i32 @8 · cmsg_type i32 @12 · data @16. */
const cmsgHeaderBytes = 16;
/** Room for a dozen descriptors; the kernel closes those that do not fit. */
const controlBytes = 64;
/** Room for the bytes that come with the descriptor: the name of the terminal. */
const payloadBytes = 4096;

/**
 * Unix sockets without libuv, which can neither receive nor send a descriptor. Only `sendDescriptor` may block. Layouts are those of
 * 64-bit Linux with glibc.
 * @see unix(7), cmsg(3)
 */
export class UnixSockets {
  readonly #c: CFunctions;
  readonly #errno: () => number;
  // Fields, so that they live as long as the structures that hold their addresses.
  readonly #payload = Buffer.alloc(payloadBytes);
  readonly #control = Buffer.alloc(controlBytes);
  /** struct iovec: iov_base @0 · iov_len u64 @8. */
  readonly #vector = Buffer.alloc(16);
  /**
   * struct msghdr: msg_name @0 · msg_namelen u32 @8 · msg_iov @16 · msg_iovlen u64 @24 · msg_control @32 ·
   * msg_controllen u64 @40 · msg_flags i32 @48.
   */
  readonly #message = Buffer.alloc(56);

  constructor(backend: Backend) {
    this.#c = backend.functions;
    this.#errno = backend.errno;
    this.#vector.writeBigUInt64LE(backend.addressOf(this.#payload), 0);
    this.#vector.writeBigUInt64LE(BigInt(payloadBytes), 8);
    this.#message.writeBigUInt64LE(backend.addressOf(this.#vector), 16);
    this.#message.writeBigUInt64LE(1n, 24);
    this.#message.writeBigUInt64LE(backend.addressOf(this.#control), 32);
  }

  listen(path: string): number {
    const address = toSocketAddress(path);
    const type = Linux.SOCK_STREAM | Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK;
    const fd = this.#check("socket", this.#c.socket(Linux.AF_UNIX, type, 0));
    try {
      this.#check("bind", this.#c.bind(fd, address, address.length), path);
      this.#check("listen", this.#c.listen(fd, 1));
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  accept(fd: number): number | undefined {
    for (;;) {
      const accepted = this.#c.accept4(fd, null, null, Linux.SOCK_CLOEXEC | Linux.SOCK_NONBLOCK);
      if (accepted !== -1) return accepted;
      const errno = this.#errno();
      if (errno === EAGAIN) return undefined;
      if (errno !== EINTR) throw new LibcError("accept4", errno);
    }
  }

  receiveDescriptor(fd: number): number {
    this.#receive(fd);
    const descriptors = readDescriptors(this.#control);
    const [descriptor] = descriptors;
    if (descriptor !== undefined && descriptors.length === 1) return descriptor;
    for (const each of descriptors) closeSync(each);
    throw new LibcError("recvmsg", EBADMSG);
  }

  sendDescriptor(socket: number, fd: number): void {
    this.#control.fill(0);
    this.#control.writeBigUInt64LE(BigInt(cmsgHeaderBytes + 4), 0);
    this.#control.writeInt32LE(Linux.SOL_SOCKET, 8);
    this.#control.writeInt32LE(Linux.SCM_RIGHTS, 12);
    this.#control.writeInt32LE(fd, cmsgHeaderBytes);
    this.#message.writeBigUInt64LE(BigInt(cmsgHeaderBytes + 8), 40);
    this.#vector.writeBigUInt64LE(1n, 8);
    try {
      while (this.#c.sendmsg(socket, this.#message, Linux.MSG_NOSIGNAL) === -1) {
        const errno = this.#errno();
        if (errno !== EINTR) throw new LibcError("sendmsg", errno);
      }
    } finally {
      this.#vector.writeBigUInt64LE(BigInt(payloadBytes), 8);
    }
  }

  /** Leaves the message's control part in `#control`. */
  #receive(fd: number): void {
    this.#control.fill(0);
    this.#message.writeBigUInt64LE(BigInt(controlBytes), 40);
    const flags = Linux.MSG_DONTWAIT | Linux.MSG_CMSG_CLOEXEC;
    while (this.#c.recvmsg(fd, this.#message, flags) === -1) {
      const errno = this.#errno();
      if (errno !== EINTR) throw new LibcError("recvmsg", errno);
    }
  }

  #check(syscall: string, result: number, subject?: string): number {
    if (result === -1) throw new LibcError(syscall, this.#errno(), subject);
    return result;
  }
}

/** struct sockaddr_un: sun_family u16 @0 · sun_path @2, terminated by a NUL. */
function toSocketAddress(path: string): Buffer {
  const bytes = Buffer.from(path);
  if (bytes.length > pathBytes) throw new LibcError("bind", ENAMETOOLONG, path);
  const address = Buffer.alloc(bytes.length + 3);
  address.writeUInt16LE(Linux.AF_UNIX, 0);
  bytes.copy(address, 2);
  return address;
}

/** The descriptors of the first control message; its length is 0 if there was none. */
function readDescriptors(control: Buffer): number[] {
  const length = Math.min(Number(control.readBigUInt64LE(0)), control.length);
  const isRights = control.readInt32LE(8) === Linux.SOL_SOCKET && control.readInt32LE(12) === Linux.SCM_RIGHTS;
  if (!isRights) return [];
  const count = Math.floor((length - cmsgHeaderBytes) / 4);
  return Array.from({ length: count }, (_, index) => control.readInt32LE(cmsgHeaderBytes + index * 4));
}
