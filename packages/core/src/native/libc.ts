/** Result of `waitid`: what the kernel wrote to siginfo_t. @see waitid(2) */
export interface WaitResult {
  readonly pid: number;
  /** 0–255; 128 + signal for a process that a signal ended. */
  readonly exitStatus: number;
}

/** RLIMIT_NOFILE. Infinity represents RLIM_INFINITY. @see getrlimit(2) */
export interface OpenFilesLimit {
  readonly soft: number;
  readonly hard: number;
}

/** Size of a terminal in characters, 0–65,535. */
export interface TerminalSize {
  readonly width: number;
  readonly height: number;
}

/** Source and target of `mountClone`. */
export interface MountClone {
  /** Absolute path to clone. */
  readonly source: string;
  /** Absolute path of an existing directory. */
  readonly target: string;
  /**
   * Descriptor of a user namespace: a file owned by `id` is shown as owned by what the namespace maps `id` to. Default:
   * no mapping.
   */
  readonly userNamespaceFd?: number;
  /** Whether the mounts below the source are included. */
  readonly recursive: boolean;
  readonly readOnly: boolean;
}

export interface SpawnFileActions {
  /**
   * `[from, to]`: in the child, `to` becomes a duplicate of `from` without FD_CLOEXEC. FD_CLOEXEC closes every other
   * descriptor.
   */
  readonly dup2: readonly (readonly [from: number, to: number])[];
  /** Working directory of the child. */
  readonly cwd?: string;
  /**
   * Soft RLIMIT_NOFILE of the child, at most the hard one; default: that of this process, which Node has raised to the
   * hard limit. The hard limit is that of this process: if it were lowered temporarily, it could not be raised again
   * without CAP_SYS_RESOURCE.
   */
  readonly openFilesSoftLimit?: number;
}

/**
 * The system calls that Node does not offer, as synchronous functions. This is the only place with FFI. Each throws a
 * `LibcError` (its `code` is the errno's name) on failure. The caller owns a returned descriptor; all are opened with
 * O_CLOEXEC.
 */
export interface Libc {
  /** The FFI library in use: "koffi" or "ffi-napi". */
  readonly backend: string;
  /** prctl(PR_SET_CHILD_SUBREAPER, 1) */
  becomeSubreaper(): void;
  /** prctl(PR_SET_PDEATHSIG, SIGKILL): this process ends with the thread that started it. */
  dieWithParent(): void;
  /** setrlimit(RLIMIT_DATA), soft and hard: the number of bytes of private memory that this process may map. */
  limitMemory(bytes: number): void;
  /**
   * prctl(PR_SCHED_CORE): a new core scheduling cookie for the processes of our process group, and all that they start.
   */
  createSchedulingCookie(): void;
  setsid(): void;
  /**
   * _exit(2): ends this process at once. No exit handler runs, and no thread is waited for, as exit(3) and
   * `process.exit` do.
   */
  exit(status: number): never;
  /**
   * waitid(P_PID, pid, WEXITED|WNOHANG): reaps the process. Returns undefined while it still runs. Throws ECHILD if it
   * is not a child.
   */
  waitPid(pid: number): WaitResult | undefined;
  /**
   * waitid(P_ALL, WEXITED|WNOHANG|WNOWAIT): returns the pid of some zombie child without reaping it, or undefined, also
   * if there are no children at all.
   */
  peekZombie(): number | undefined;
  /** As `peekZombie`, for one pid: true if that child is a zombie. ECHILD: false. */
  isZombie(pid: number): boolean;
  /**
   * posix_spawn(3) of an absolute path with an empty signal mask, default dispositions, its own process group but no
   * session of its own (POSIX_SPAWN_SETPGROUP 0), and no inherited descriptors except those of `actions`. Returns the
   * pid. 0, 1 and 2 are /dev/null unless `actions` names them. Throws the error of exec(2) or chdir(2): ENOENT, EACCES,
   * ENOEXEC, …
   */
  spawn(path: string, argv: readonly string[], env: readonly string[], actions: SpawnFileActions): number;
  /** pipe2(O_CLOEXEC | flags): `[read end, write end]`. */
  pipe(flags?: number): [number, number];
  /** eventfd(2) with the count 0, EFD_NONBLOCK and EFD_CLOEXEC. */
  eventfd(): number;
  /**
   * malloc_trim(3): returns free memory of the C heap to the system. Does nothing if the C library has no such call.
   */
  trimHeap(): void;
  /** memfd_create(2) with MFD_CLOEXEC. */
  memfd(name: string): number;
  /** ioctl(FIONREAD): the number of bytes waiting in a pipe. */
  bytesReadable(fd: number): number;
  /** poll(2), POLLHUP: this pipe has no write end left. It may still contain bytes. */
  isHungUp(fd: number): boolean;
  /** poll(2), no POLLERR: the pipe or FIFO of this write end still has a read end. */
  hasReadEnd(fd: number): boolean;
  /** fcntl(F_SETFL): sets or clears O_NONBLOCK. */
  setNonblocking(fd: number, on: boolean): void;
  /** fcntl(F_SETFD): sets or clears FD_CLOEXEC. */
  setCloseOnExec(fd: number, on: boolean): void;
  dup2(from: number, to: number): void;
  /** futimens(2): sets the modification time of an open file, in ns since the epoch. Node's own call rounds it. */
  setModificationTime(fd: number, mtimeNs: bigint): void;
  /** fcntl(F_DUPFD_CLOEXEC): another descriptor of the same open file description. */
  duplicate(fd: number): number;
  /** ioctl(TIOCSWINSZ); the foreground process of the terminal gets SIGWINCH. */
  resizeTerminal(fd: number, size: TerminalSize): void;
  /** socket, bind and listen: a non-blocking Unix stream socket at `path`, at most 107 bytes, for one connection. */
  listenUnix(path: string): number;
  /** accept4(2) on a non-blocking socket; undefined while no client has connected. */
  accept(fd: number): number | undefined;
  /**
   * recvmsg(2) without blocking: the descriptor that the next message carries (SCM_RIGHTS). The message's bytes are
   * dropped. Throws EBADMSG unless the message carries exactly one descriptor; those that it carries are then closed.
   * EAGAIN: no message yet.
   */
  receiveDescriptor(socketFd: number): number;
  /**
   * sendmsg(2): a message of one byte that carries a duplicate of `fd` (SCM_RIGHTS). Waits while the socket's buffer is
   * full.
   */
  sendDescriptor(socketFd: number, fd: number): void;
  /** flock(2), LOCK_EX|LOCK_NB: false if another open file description holds the lock. */
  tryLock(fd: number): boolean;
  /** getsockopt(SO_PEERCRED). */
  peerCredentials(fd: number): { readonly pid: number; readonly uid: number; readonly gid: number };
  /** getrlimit / setrlimit(RLIMIT_NOFILE); numbers, RLIM_INFINITY as Infinity. */
  openFilesLimit(): OpenFilesLimit;
  setOpenFilesLimit(limit: OpenFilesLimit): void;
  /** splice(2), non-blocking; returns bytes moved, 0 at end of file, undefined on EAGAIN. */
  splice(from: number, to: number, length: number): number | undefined;
  /**
   * open_tree(2), mount_setattr(2) and move_mount(2): mounts a private clone of `source` on `target`. The error names
   * the call that failed: EINVAL of mount_setattr means a file system without id-mapped mounts, ENOSYS a kernel without
   * them.
   */
  mountClone(mount: MountClone): void;
  /**
   * umount2(MNT_DETACH | UMOUNT_NOFOLLOW): detaches what is mounted on `path` and below at once, even if it is in use.
   * Sends no request to a server.
   */
  detachMount(path: string): void;
  /** Whether the kernel has mount_setattr(2), and lets this process call it. */
  hasIdMappedMounts(): boolean;
}
