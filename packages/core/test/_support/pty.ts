import { closeSync, constants, openSync } from "node:fs";
import { createRequire } from "node:module";
import { openKoffi } from "../../src/native/koffi-backend.ts";

const TIOCSPTLCK = 0x4004_5431;
const TIOCGPTN = 0x8004_5430;

/** A pseudo-terminal of the host. Code that takes ownership of the master calls `releaseMaster`. */
export class Pty implements Disposable {
  readonly master: number;
  /** Path of the slave side. */
  readonly slave: string;
  #ownsMaster = true;

  constructor() {
    const { ioctl } = openKoffi().functions;
    const number = Buffer.alloc(4);
    this.master = openSync("/dev/ptmx", constants.O_RDWR | constants.O_NOCTTY);
    ioctl(this.master, TIOCSPTLCK, number);
    ioctl(this.master, TIOCGPTN, number);
    this.slave = `/dev/pts/${number.readInt32LE(0)}`;
  }

  releaseMaster(): number {
    this.#ownsMaster = false;
    return this.master;
  }

  [Symbol.dispose](): void {
    if (this.#ownsMaster) closeSync(this.master);
    this.#ownsMaster = false;
  }
}

/**
 * Connects to a Unix socket and sends one message with descriptors, as an OCI runtime sends a terminal; returns the
 * socket.
 */
export function sendDescriptors(path: string, descriptors: readonly number[], text = "/dev/ptmx"): number {
  const libc = createRequire(import.meta.url)("koffi").load(null);
  const call = (declaration: string, ...args: unknown[]): number => {
    const result = libc.func(declaration)(...args);
    if (result < 0) throw new Error(`${declaration} failed`);
    return result;
  };
  const address = Buffer.alloc(110);
  address.writeUInt16LE(1, 0);
  address.write(path, 2);
  const socket = call("int socket(int, int, int)", 1, 1, 0);
  call("int connect(int, void *, uint)", socket, address, address.length);
  const { addressOf } = openKoffi();
  const payload = Buffer.from(text);
  const control = Buffer.alloc(16 + 4 * descriptors.length + (descriptors.length % 2) * 4);
  control.writeBigUInt64LE(BigInt(16 + 4 * descriptors.length), 0);
  control.writeInt32LE(1, 8);
  control.writeInt32LE(1, 12);
  for (const [index, fd] of descriptors.entries()) control.writeInt32LE(fd, 16 + 4 * index);
  const vector = Buffer.alloc(16);
  vector.writeBigUInt64LE(addressOf(payload), 0);
  vector.writeBigUInt64LE(BigInt(payload.length), 8);
  const message = Buffer.alloc(56);
  message.writeBigUInt64LE(addressOf(vector), 16);
  message.writeBigUInt64LE(1n, 24);
  if (descriptors.length > 0) {
    message.writeBigUInt64LE(addressOf(control), 32);
    message.writeBigUInt64LE(BigInt(control.length), 40);
  }
  call("long sendmsg(int, void *, int)", socket, message, 0);
  return socket;
}
