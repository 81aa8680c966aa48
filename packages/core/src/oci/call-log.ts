import { closeSync, fstatSync, openSync, readSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { type LogRecord, parseLogRecords } from "./log-records.ts";

// The error is at the end of the log; with debug on, many records may precede it.
const readLimitBytes = 256 * 1024;

/**
 * The log file of a single OCI command. Each call has its own, because a runtime only appends: in a shared file, an old
 * error would be taken for this call's, and the records of parallel calls would mix.
 */
export class CallLog implements Disposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * Creates an empty file in the bundle; undefined if the bundle is gone. `name` distinguishes the calls of one daemon.
   * With `isNeeded` false, the result is also undefined if the file cannot be created; the command then writes to its
   * stderr.
   */
  static open(bundle: string, name: string, { isNeeded }: { readonly isNeeded: boolean }): CallLog | undefined {
    const path = join(bundle, `oci-${name}.json`);
    try {
      // A daemon that died may have left a file of this name.
      closeSync(openSync(path, "w", 0o600));
      return new CallLog(path);
    } catch (error) {
      if (!isNeeded || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Returns what the command has logged so far. Empty if the file cannot be read. */
  records(): LogRecord[] {
    try {
      return parseLogRecords(readEnd(this.path));
    } catch {
      return []; // removed with the bundle: stderr remains
    }
  }

  [Symbol.dispose](): void {
    try {
      unlinkSync(this.path);
    } catch {
      // Gone with the bundle.
    }
  }
}

function readEnd(path: string): string {
  const fd = openSync(path, "r");
  try {
    const buffer = Buffer.allocUnsafe(readLimitBytes);
    const size = fstatSync(fd).size;
    const length = readSync(fd, buffer, 0, readLimitBytes, Math.max(0, size - readLimitBytes));
    return buffer.toString("utf8", 0, length);
  } finally {
    closeSync(fd);
  }
}
