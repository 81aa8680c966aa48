import { constants } from "node:fs";
import { constants as system } from "node:os";
import { Linux } from "./constants.ts";
import type { Libc, MountClone, OpenFilesLimit, SpawnFileActions, TerminalSize, WaitResult } from "./libc.ts";
import { LibcError } from "./libc-error.ts";
import { MountApi } from "./mount-api.ts";
import { Spawner } from "./posix-spawn.ts";
import type { Backend, CFunctions } from "./signatures.ts";
import { UnixSockets } from "./unix-sockets.ts";

const { EAGAIN, ECHILD, EINTR } = system.errno;
const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;
const second = 1_000_000_000n;

/**
 * The C library behind a backend. Structures are Buffers that are allocated once and reused: calls are synchronous, and
 * no field is kept beyond the call. Layouts are those of 64-bit Linux with glibc.
 */
export class NativeLibc implements Libc {
  readonly backend: string;
  readonly #c: CFunctions;
  readonly #errno: () => number;
  readonly #spawner: Spawner;
  readonly #sockets: UnixSockets;
  readonly #mounts: MountApi;
  /**
   * siginfo_t, 128 bytes: si_signo i32 @0 · si_errno i32 @4 · si_code i32 @8 · si_pid i32 @16 · si_uid u32 @20 ·
   * si_status i32 @24.
   */
  readonly #siginfo = Buffer.alloc(128);
  /** struct rlimit: rlim_cur u64 @0 · rlim_max u64 @8. struct ucred: pid i32 @0 · uid u32 @4 · gid u32 @8. int[2]. */
  readonly #scratch = Buffer.alloc(16);
  readonly #length = Buffer.alloc(4);

  constructor(backend: Backend) {
    this.backend = backend.name;
    this.#c = backend.functions;
    this.#errno = backend.errno;
    this.#spawner = new Spawner(backend, this);
    this.#sockets = new UnixSockets(backend);
    this.#mounts = new MountApi(backend);
  }

  becomeSubreaper(): void {
    this.#check("prctl", this.#c.prctl(Linux.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0));
  }

  dieWithParent(): void {
    this.#check("prctl", this.#c.prctl(Linux.PR_SET_PDEATHSIG, system.signals.SIGKILL, 0, 0, 0));
  }

  limitMemory(bytes: number): void {
    this.#setLimit(Linux.RLIMIT_DATA, { soft: bytes, hard: bytes });
  }

  createSchedulingCookie(): void {
    const { PR_SCHED_CORE, PR_SCHED_CORE_CREATE, PR_SCHED_CORE_SCOPE_PROCESS_GROUP } = Linux;
    this.#check("prctl", this.#c.prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE, 0, PR_SCHED_CORE_SCOPE_PROCESS_GROUP, 0));
  }

  exit(status: number): never {
    this.#c._exit(status);
    throw new Error("_exit has returned");
  }

  setsid(): void {
    this.#check("setsid", this.#c.setsid());
  }

  waitPid(pid: number): WaitResult | undefined {
    const found = this.#waitid(Linux.P_PID, pid, 0);
    if (found !== pid) return undefined;
    const status = this.#siginfo.readInt32LE(24);
    const exited = this.#siginfo.readInt32LE(8) === Linux.CLD_EXITED;
    return { pid, exitStatus: exited ? status : 128 + status };
  }

  peekZombie(): number | undefined {
    return this.#peek(Linux.P_ALL, 0);
  }

  isZombie(pid: number): boolean {
    return this.#peek(Linux.P_PID, pid) === pid;
  }

  #peek(idType: number, id: number): number | undefined {
    const pid = this.#waitid(idType, id, Linux.WNOWAIT, ECHILD);
    return pid === 0 ? undefined : pid;
  }

  /**
   * Returns the pid of the child that siginfo now describes; 0 if no such child has ended, or on the expected error.
   */
  #waitid(idType: number, id: number, flags: number, expected?: number): number {
    this.#siginfo.writeInt32LE(0, 16);
    const options = Linux.WEXITED | Linux.WNOHANG | flags;
    this.#retry("waitid", () => this.#c.waitid(idType, id, this.#siginfo, options), expected);
    return this.#siginfo.readInt32LE(16);
  }

  spawn(path: string, argv: readonly string[], env: readonly string[], actions: SpawnFileActions): number {
    return this.#spawner.spawn(path, argv, env, actions);
  }

  pipe(flags = 0): [number, number] {
    this.#check("pipe2", this.#c.pipe2(this.#scratch, Linux.O_CLOEXEC | flags));
    return [this.#scratch.readInt32LE(0), this.#scratch.readInt32LE(4)];
  }

  eventfd(): number {
    return this.#check("eventfd", this.#c.eventfd(0, Linux.EFD_NONBLOCK | Linux.EFD_CLOEXEC));
  }

  memfd(name: string): number {
    return this.#check("memfd_create", this.#c.memfd_create(name, Linux.MFD_CLOEXEC));
  }

  bytesReadable(fd: number): number {
    this.#check("ioctl", this.#c.ioctl(fd, Linux.FIONREAD, this.#scratch));
    return this.#scratch.readInt32LE(0);
  }

  isHungUp(fd: number): boolean {
    return (this.#poll(fd) & Linux.POLLHUP) !== 0;
  }

  hasReadEnd(fd: number): boolean {
    return (this.#poll(fd) & Linux.POLLERR) === 0;
  }

  trimHeap(): void {
    try {
      this.#c.malloc_trim(0);
    } catch {
      // musl
    }
  }

  setNonblocking(fd: number, on: boolean): void {
    const flags = this.#check("fcntl", this.#c.fcntl(fd, Linux.F_GETFL, 0));
    const wanted = on ? flags | constants.O_NONBLOCK : flags & ~constants.O_NONBLOCK;
    if (wanted !== flags) this.#check("fcntl", this.#c.fcntl(fd, Linux.F_SETFL, wanted));
  }

  setCloseOnExec(fd: number, on: boolean): void {
    this.#check("fcntl", this.#c.fcntl(fd, Linux.F_SETFD, on ? Linux.FD_CLOEXEC : 0));
  }

  dup2(from: number, to: number): void {
    this.#retry("dup2", () => this.#c.dup2(from, to));
  }

  /** struct timespec: tv_sec i64 @0 · tv_nsec i64 @8; twice, first the access time. */
  setModificationTime(fd: number, mtimeNs: bigint): void {
    const times = Buffer.alloc(32);
    times.writeBigInt64LE(BigInt(Linux.UTIME_OMIT), 8);
    const nanoseconds = ((mtimeNs % second) + second) % second; // times before 1970 are negative
    times.writeBigInt64LE((mtimeNs - nanoseconds) / second, 16);
    times.writeBigInt64LE(nanoseconds, 24);
    this.#check("futimens", this.#c.futimens(fd, times));
  }

  duplicate(fd: number): number {
    return this.#check("fcntl", this.#c.fcntl(fd, Linux.F_DUPFD_CLOEXEC, 0));
  }

  /** struct winsize: ws_row u16 @0 · ws_col u16 @2 · ws_xpixel u16 @4 · ws_ypixel u16 @6. */
  resizeTerminal(fd: number, { width, height }: TerminalSize): void {
    this.#scratch.fill(0);
    this.#scratch.writeUInt16LE(height, 0);
    this.#scratch.writeUInt16LE(width, 2);
    this.#check("ioctl", this.#c.ioctl(fd, Linux.TIOCSWINSZ, this.#scratch));
  }

  listenUnix(path: string): number {
    return this.#sockets.listen(path);
  }

  accept(fd: number): number | undefined {
    return this.#sockets.accept(fd);
  }

  receiveDescriptor(socketFd: number): number {
    return this.#sockets.receiveDescriptor(socketFd);
  }

  sendDescriptor(socketFd: number, fd: number): void {
    this.#sockets.sendDescriptor(socketFd, fd);
  }

  tryLock(fd: number): boolean {
    const result = this.#retry("flock", () => this.#c.flock(fd, Linux.LOCK_EX | Linux.LOCK_NB), EAGAIN);
    return result === 0;
  }

  peerCredentials(fd: number): { readonly pid: number; readonly uid: number; readonly gid: number } {
    this.#length.writeUInt32LE(12);
    const result = this.#c.getsockopt(fd, Linux.SOL_SOCKET, Linux.SO_PEERCRED, this.#scratch, this.#length);
    this.#check("getsockopt", result);
    const [pid, uid, gid] = [0, 4, 8].map((offset) => this.#scratch.readUInt32LE(offset));
    return { pid: pid ?? 0, uid: uid ?? 0, gid: gid ?? 0 };
  }

  openFilesLimit(): OpenFilesLimit {
    this.#check("getrlimit", this.#c.getrlimit(Linux.RLIMIT_NOFILE, this.#scratch));
    const at = (offset: number): number => {
      const value = this.#scratch.readBigUInt64LE(offset);
      return value === RLIM_INFINITY ? Number.POSITIVE_INFINITY : Number(value);
    };
    return { soft: at(0), hard: at(8) };
  }

  setOpenFilesLimit(limit: OpenFilesLimit): void {
    this.#setLimit(Linux.RLIMIT_NOFILE, limit);
  }

  /** struct pollfd: fd i32 @0 · events i16 @4 · revents i16 @6. Returns `revents`. */
  #poll(fd: number): number {
    this.#scratch.writeInt32LE(fd, 0);
    this.#scratch.writeInt32LE(0, 4);
    this.#retry("poll", () => this.#c.poll(this.#scratch, 1, 0));
    return this.#scratch.readInt16LE(6);
  }

  #setLimit(resource: number, limit: OpenFilesLimit): void {
    const toRlim = (value: number): bigint => (Number.isFinite(value) ? BigInt(value) : RLIM_INFINITY);
    this.#scratch.writeBigUInt64LE(toRlim(limit.soft), 0);
    this.#scratch.writeBigUInt64LE(toRlim(limit.hard), 8);
    this.#check("setrlimit", this.#c.setrlimit(resource, this.#scratch));
  }

  splice(from: number, to: number, length: number): number | undefined {
    const flags = Linux.SPLICE_F_MOVE | Linux.SPLICE_F_NONBLOCK;
    const moved = this.#retry("splice", () => this.#c.splice(from, null, to, null, length, flags), EAGAIN);
    return moved === -1 ? undefined : moved;
  }

  mountClone(mount: MountClone): void {
    this.#mounts.mountClone(mount);
  }

  detachMount(path: string): void {
    this.#mounts.detachMount(path);
  }

  hasIdMappedMounts(): boolean {
    return this.#mounts.hasIdMappedMounts();
  }

  #check(syscall: string, result: number): number {
    if (result === -1) throw new LibcError(syscall, this.#errno());
    return result;
  }

  /** Repeats the call while a signal interrupts it. Returns -1 for the one errno that is no error. */
  #retry(syscall: string, call: () => number, expected?: number): number {
    for (;;) {
      const result = call();
      if (result !== -1) return result;
      const errno = this.#errno();
      if (errno === expected) return -1;
      if (errno !== EINTR) throw new LibcError(syscall, errno);
    }
  }
}
