import { createHash } from "node:crypto";
import { mkdirSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { join } from "node:path";
import { failedPrecondition, invalidArgument } from "../../errors/errors.ts";
import type { Libc } from "../../native/libc.ts";
import { namespaceInode, readProcess } from "../../native/proc.ts";
import type { ConfigRevision } from "../config/config-revision.ts";
import { encodeBorn } from "./born.ts";
import { holdConfig } from "./config-handles.ts";
import { type Group, groupHash } from "./group.ts";
import { daemonFiles, maxSocketPathBytes, type Paths } from "./paths.ts";

/** The directory of this daemon process. It is named by pid and start time, so no two daemons ever share one. */
export class DaemonDirectory implements Disposable {
  readonly path: string;
  readonly startTime: number;
  /**
   * Descriptor of the file `born`, open as long as the process lives. A launcher that sees the file there knows that
   * the process is alive.
   */
  readonly bornFd: number;

  private constructor(path: string, startTime: number, bornFd: number) {
    this.path = path;
    this.startTime = startTime;
    this.bornFd = bornFd;
  }

  /** Creates it. `config`: the configuration of this daemon. A changed configuration needs another daemon. */
  static create(paths: Paths, config: ConfigRevision, libc: Libc): DaemonDirectory {
    const startTime = readProcess("self")?.startTime;
    if (startTime === undefined) throw failedPrecondition("/proc is not mounted");
    const path = paths.daemon(process.pid, startTime);
    mkdirSync(path, { mode: 0o700 });
    const born = openSync(join(path, daemonFiles.born), "wx", 0o600);
    writeSync(born, encodeBorn({ pidNamespace: namespaceInode("self", "pid") ?? 0, configId: config.id }));
    holdConfig(path, config, libc);
    mkdirSync(join(path, daemonFiles.claims), { mode: 0o700 });
    return new DaemonDirectory(path, startTime, born);
  }

  /**
   * Returns the path for the socket: in this directory, or in the one that containerd named. There its name has 64 hex
   * digits, as with containerd's own shims.
   * @throws {StatusError} InvalidArgument – the path is longer than a socket's path may be.
   */
  socketPath(group: Group): string {
    const path = group.socketDir === "" ? join(this.path, daemonFiles.socket) : this.#pathIn(group);
    if (Buffer.byteLength(path) > maxSocketPathBytes) {
      throw invalidArgument(`socket path ${path} is longer than ${maxSocketPathBytes} bytes`);
    }
    return path;
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #pathIn(group: Group): string {
    if (statSync(group.socketDir, { throwIfNoEntry: false }) === undefined) {
      mkdirSync(group.socketDir, { recursive: true, mode: 0o700 });
    }
    const name = createHash("sha256")
      .update(`${groupHash(group)} ${process.pid} ${this.startTime}`)
      .digest("hex");
    return join(group.socketDir, name);
  }
}
