import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../../src/native/libc-error.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { MountPoint } from "./mount-point.ts";

/** A small tmpfs that is full: either no file can be created, or no data can be written. */
export class FullFileSystem implements Disposable {
  readonly path: string;
  readonly #point = new MountPoint();

  constructor(lack: "inodes" | "blocks") {
    this.path = this.#point.directory("full");
    const limit = lack === "inodes" ? "nr_inodes=8" : "size=16k";
    execFileSync("mount", ["-t", "tmpfs", "-o", limit, "tmpfs", this.path]);
    const text = lack === "inodes" ? "" : "x".repeat(4096);
    untilRefused("ENOSPC", (count) => writeFileSync(join(this.path, `${count}`), text));
  }

  [Symbol.dispose](): void {
    this.#point[Symbol.dispose]();
  }
}

/** Keeps this process from opening files (EMFILE) until the result is disposed. */
export function noFreeDescriptors(): Disposable {
  const libc = openKoffiLibc();
  const before = libc.openFilesLimit();
  const fds: number[] = [];
  libc.setOpenFilesLimit({ soft: Math.min(before.soft, 256), hard: before.hard });
  untilRefused("EMFILE", () => fds.push(openSync("/dev/null", "r")));
  return {
    [Symbol.dispose]: () => {
      libc.setOpenFilesLimit(before);
      for (const fd of fds) closeSync(fd);
    },
  };
}

function untilRefused(code: string, take: (count: number) => void): void {
  try {
    for (let count = 0; count < 10_000; count++) take(count);
  } catch (error) {
    if (hasErrorCode(error, code)) return;
    throw error;
  }
  throw new Error(`no ${code}`);
}
