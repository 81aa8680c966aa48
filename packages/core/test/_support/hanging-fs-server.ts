// The server of a HangingFs: serves FUSE on descriptor 3 for the named mount point until the tester exits.
// @see https://github.com/torvalds/linux/blob/v6.1/include/uapi/linux/fuse.h
import { spawn } from "node:child_process";
import { read, readFileSync, writeSync } from "node:fs";

const fuse = 3;
const [mountPoint = ""] = process.argv.slice(2);
const tester = process.ppid;

const opcodes = {
  lookup: 1,
  forget: 2,
  getattr: 3,
  setattr: 4,
  mkdir: 9,
  open: 14,
  write: 16,
  statfs: 17,
  release: 18,
  fsync: 20,
  flush: 25,
  init: 26,
  opendir: 27,
  readdir: 28,
  releasedir: 29,
  access: 34,
  interrupt: 36,
  destroy: 38,
  batchForget: 42,
} as const;
const unanswered: readonly number[] = [opcodes.forget, opcodes.interrupt, opcodes.batchForget];
const { ENOENT, ENOSYS } = { ENOENT: 2, ENOSYS: 38 };
/** Prefixes of file names. */
const words = /^(lookup|getattr|open|write|fsync|flush|used|mkdir|ok|dir)/;

interface Request {
  readonly opcode: number;
  readonly unique: bigint;
  /** Name of the file that the request is about; for lookup and mkdir, of the directory. */
  readonly name: string;
  readonly body: Buffer;
}

/** Names by their node ids; the root is node 1. */
const names = new Map<bigint, string>([[1n, ""]]);
const made = new Set<string>();
/** Bytes that have been written to each file. */
const sizes = new Map<string, number>();
const hanging: Request[] = [];
let isHealthy = false;

type Answer = Buffer | number;
const zeros = (length: number): Buffer => Buffer.alloc(length);

/** Functions that answer a request with a body or an errno. */
const answers = new Map<number, (request: Request) => Answer>([
  [opcodes.init, toInit],
  [opcodes.lookup, ({ body }) => toEntry(nameIn(body, 0))],
  [opcodes.mkdir, ({ body }) => toEntry(nameIn(body, 8), true)],
  [opcodes.getattr, ({ name }) => toAttributes(name)],
  [opcodes.setattr, ({ name }) => toAttributes(name)],
  [opcodes.open, toOpened],
  [opcodes.opendir, () => zeros(16)],
  [opcodes.readdir, () => zeros(0)],
  [opcodes.write, toWritten],
  [opcodes.statfs, () => zeros(80)],
  ...[opcodes.release, opcodes.releasedir, opcodes.flush, opcodes.fsync, opcodes.access, opcodes.destroy].map(
    (opcode) => [opcode, () => zeros(0)] as const,
  ),
]);

function serve(request: Request): void {
  if (unanswered.includes(request.opcode)) return;
  if (!isHealthy && hangsAt(request)) hanging.push(request);
  else reply(request, answers.get(request.opcode)?.(request) ?? ENOSYS);
}

function hangsAt({ opcode, name, body }: Request): boolean {
  const subject = opcode === opcodes.lookup ? nameIn(body, 0) : opcode === opcodes.mkdir ? nameIn(body, 8) : name;
  const [word = "ok"] = words.exec(subject) ?? [];
  if (word === "used") return opcode === opcodes.flush && sizes.has(name);
  return Object.entries(opcodes).some(([key, value]) => key === word && value === opcode);
}

function reply({ unique }: Request, answer: Answer): void {
  const body = typeof answer === "number" ? zeros(0) : answer;
  const header = zeros(16);
  header.writeUInt32LE(16 + body.length, 0);
  header.writeInt32LE(typeof answer === "number" ? -answer : 0, 4);
  header.writeBigUInt64LE(unique, 8);
  try {
    writeSync(fuse, Buffer.concat([header, body]));
  } catch {
    // The request was cancelled.
  }
}

/** FUSE_PARALLEL_DIROPS: a lookup that hangs does not block others in its directory. */
const parallelDirectoryOperations = 1 << 18;

/** Protocol 7.31. @see struct fuse_init_out */
function toInit({ body }: Request): Answer {
  const out = zeros(64);
  out.writeUInt32LE(7, 0);
  out.writeUInt32LE(Math.min(31, body.readUInt32LE(4)), 4);
  out.writeUInt32LE(parallelDirectoryOperations, 12);
  out.writeUInt16LE(64, 16);
  out.writeUInt16LE(48, 18);
  out.writeUInt32LE(65_536, 20);
  out.writeUInt32LE(1, 24);
  return out;
}

/** Nothing is cached: the kernel repeats each lookup. @see struct fuse_entry_out */
function toEntry(name: string, isNew = false): Answer {
  if (isNew) made.add(name);
  if (!words.test(name) || (name.startsWith("mkdir") && !made.has(name))) return ENOENT;
  const known = [...names].find(([, each]) => each === name);
  const id = known?.[0] ?? BigInt(names.size + 1);
  names.set(id, name);
  const out = zeros(40);
  out.writeBigUInt64LE(id, 0);
  return Buffer.concat([out, attributes(id, name)]);
}

const toAttributes = (name: string): Answer => {
  const [id = 1n] = [...names].find(([, each]) => each === name) ?? [];
  return Buffer.concat([zeros(16), attributes(id, name)]);
};

/** @see struct fuse_attr */
function attributes(id: bigint, name: string): Buffer {
  const isDirectory = /^(dir|mkdir|$)/.test(name);
  const out = zeros(88);
  out.writeBigUInt64LE(id, 0);
  out.writeBigUInt64LE(BigInt(sizes.get(name) ?? 0), 8);
  out.writeUInt32LE(isDirectory ? 0o040755 : 0o100644, 60);
  out.writeUInt32LE(isDirectory ? 2 : 1, 64);
  out.writeUInt32LE(4096, 80);
  return out;
}

/** With FOPEN_DIRECT_IO every write(2) reaches the server before it returns. @see struct fuse_open_out */
function toOpened(): Answer {
  const out = zeros(16);
  out.writeUInt32LE(1, 8);
  return out;
}

/** @see struct fuse_write_in, struct fuse_write_out */
function toWritten({ body, name }: Request): Answer {
  sizes.set(name, (sizes.get(name) ?? 0) + body.readUInt32LE(16));
  const out = zeros(8);
  out.writeUInt32LE(body.readUInt32LE(16), 0);
  return out;
}

const nameIn = (body: Buffer, start: number): string => body.toString("utf8", start, body.indexOf(0, start));

/** struct fuse_in_header: len u32 @0 · opcode u32 @4 · unique u64 @8 · nodeid u64 @16 … 40 bytes. */
function parseRequest(bytes: Buffer): Request {
  const name = names.get(bytes.readBigUInt64LE(16)) ?? "ok";
  return { opcode: bytes.readUInt32LE(4), unique: bytes.readBigUInt64LE(8), name, body: bytes.subarray(40) };
}

const buffer = Buffer.alloc(256 * 1024);
function readNext(): void {
  read(fuse, buffer, 0, buffer.length, null, (error, length) => {
    // ENOENT: the request was cancelled while it was read. ENODEV: unmounted.
    if (error?.code === "ENODEV") process.exit();
    if (!error) serve(parseRequest(Buffer.from(buffer.subarray(0, length))));
    readNext();
  });
}

process.stdin.on("data", () => {
  isHealthy = true;
  for (const request of hanging.splice(0)) reply(request, answers.get(request.opcode)?.(request) ?? ENOSYS);
});
/**
 * Returns whether the tester lives, by its state in /proc. Our stdin does not show it: a killed tester keeps its
 * descriptors open while one of its threads hangs here.
 */
function isTesterAlive(): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${tester}/status`, "utf8"));
  } catch {
    return false;
  }
}

setInterval(() => {
  if (isTesterAlive()) return;
  spawn("/bin/umount", ["-l", mountPoint], { detached: true, stdio: "ignore" });
  process.exit();
}, 250);
readNext();
