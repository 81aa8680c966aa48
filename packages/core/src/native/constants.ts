/**
 * Linux constants that node:os and node:fs do not have; the same on x86_64 and aarch64.
 * @see include/uapi/linux and glibc's spawn.h
 */
export const Linux = {
  /** waitid(2) */
  P_ALL: 0,
  P_PID: 1,
  WNOHANG: 1,
  WEXITED: 4,
  WNOWAIT: 0x0100_0000,
  CLD_EXITED: 1,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_SCHED_CORE: 62,
  PR_SCHED_CORE_CREATE: 1,
  PR_SCHED_CORE_SCOPE_PROCESS_GROUP: 2,
  O_CLOEXEC: 0o2_000_000,
  MFD_CLOEXEC: 1,
  EFD_NONBLOCK: 0o4_000,
  EFD_CLOEXEC: 0o2_000_000,
  /** fcntl(2) */
  F_GETFD: 1,
  F_SETFD: 2,
  F_GETFL: 3,
  F_SETFL: 4,
  F_DUPFD_CLOEXEC: 1030,
  FD_CLOEXEC: 1,
  FIONREAD: 0x541b,
  LOCK_EX: 2,
  LOCK_NB: 4,
  SOL_SOCKET: 1,
  SO_PEERCRED: 17,
  RLIMIT_NOFILE: 7,
  SPLICE_F_MOVE: 1,
  SPLICE_F_NONBLOCK: 2,
  POSIX_SPAWN_SETPGROUP: 2,
  POSIX_SPAWN_SETSIGDEF: 4,
  POSIX_SPAWN_SETSIGMASK: 8,
} as const;
