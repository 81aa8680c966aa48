import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { parseMountinfo } from "../../src/native/mountinfo.ts";
import { TempDir } from "./temp-dir.ts";

/**
 * A directory to mount in, with a path for a rootfs. Mounts that a failed test leaves behind are detached on dispose.
 */
export class MountPoint implements Disposable {
  readonly #dir = new TempDir();
  readonly rootfs = this.#dir.join("rootfs");

  /** Makes a directory next to the rootfs. */
  directory(name: string): string {
    mkdirSync(this.join(name), { recursive: true });
    return this.join(name);
  }

  join(...names: string[]): string {
    return this.#dir.join(...names);
  }

  /** Mount points below the directory, in the order of mounting. */
  mounted(): string[] {
    const entries = parseMountinfo(readFileSync("/proc/self/mountinfo", "utf8"));
    return entries.map((entry) => entry.mountPoint).filter((path) => path.startsWith(`${this.#dir.path}/`));
  }

  [Symbol.dispose](): void {
    for (const path of this.mounted().reverse()) execFileSync("umount", ["-l", path]);
    this.#dir[Symbol.dispose]();
  }
}
