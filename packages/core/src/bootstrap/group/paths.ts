import { chmodSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition } from "../../errors/errors.ts";

/**
 * Maximum length of a socket's path, in bytes. sun_path has 108 with its NUL, and containerd's shims refuse the last
 * one.
 */
export const maxSocketPathBytes = 106;

/**
 * Every path outside of bundles, as in PROTOCOL.md. The launcher has the same names for `d/`, `starting.*` and the
 * files of a daemon.
 */
export class Paths {
  readonly root: string;

  constructor(root: string) {
    this.root = root;
  }

  /** One directory per daemon, named PID.STARTTIME. */
  get daemons(): string {
    return join(this.root, "d");
  }

  daemon(pid: number, startTime: number): string {
    return join(this.daemons, `${pid}.${startTime}`);
  }

  /** Locked while the first daemon of a group starts. */
  lock(hash: string): string {
    return join(this.root, "locks", hash);
  }

  /**
   * Creates the directories, private to our user.
   * @throws {StatusError} FailedPrecondition – the root belongs to another user.
   */
  create(): void {
    for (const path of [this.root, this.daemons, join(this.root, "locks")]) {
      mkdirSync(path, { recursive: true, mode: 0o700 });
      const { uid, mode } = statSync(path);
      if (uid !== process.geteuid?.()) throw failedPrecondition(`${path} belongs to user ${uid}`);
      if ((mode & 0o077) !== 0) chmodSync(path, 0o700);
    }
  }
}

/** Files of a daemon in its directory. */
export const daemonFiles = {
  /** Registration of a daemon that takes any container of its group. */
  open: "daemon",
  /** Registration of a daemon that is full, or serves a single pod or container. */
  closed: "closed",
  /** See born.ts. Held open as long as the process lives. */
  born: "born",
  /** See config-handles.ts. */
  config: "config",
  /** One file per container. */
  claims: "claims",
  /** Exists while the hooks are not those of the configuration. It says since when, and why. See stale-hooks.ts. */
  staleHooks: "stale-hooks",
  socket: "s",
} as const;

/**
 * Returns `/run/dunnage`, or a directory of the user if the process lacks root privileges on the machine. The launcher
 * follows the same rule.
 */
export function defaultRuntimeDir(env: Readonly<Record<string, string | undefined>>): string {
  const given = env["DUNNAGE_RUNTIME_DIR"];
  if (given) return given;
  const userDir = env["XDG_RUNTIME_DIR"];
  return userDir && statSync("/").uid !== process.geteuid?.() ? join(userDir, "dunnage") : "/run/dunnage";
}
