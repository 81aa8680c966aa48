import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Libc } from "../../native/libc.ts";
import { openLibc } from "../../native/open-libc.ts";
import { notifyLauncher } from "./launcher-process.ts";
import { closeStandardStreams } from "./standard-streams.ts";

/** The C library of this process, if its action needs one. */
let opened: Libc | undefined;

/** Opens the C library of this process with the addon of the installation. */
export async function openOwnLibc(libDir: string): Promise<Libc> {
  const addon = join(libDir, "koffi.node");
  opened = await openLibc(existsSync(addon) ? { koffiPath: addon } : {});
  return opened;
}

/**
 * Ends this process, after its exit handlers have run. It does not wait for file operations in flight: `process.exit`
 * joins libuv's threads, and one of them may hang on a device for ever. If that thread waits for a local disk or for a
 * FUSE server, it outlives even _exit(2), and until it ends, the parent cannot reap this process. So the standard
 * streams are closed and the launcher is notified first.
 */
export function endProcess(status: number): never {
  const libc = opened;
  if (libc !== undefined)
    process.once("exit", (code) => {
      closeStandardStreams(libc);
      notifyLauncher(code);
      libc.exit(code);
    });
  return process.exit(status);
}
