import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { unknown } from "../../errors/errors.ts";
import type { Logger } from "../../log/logger.ts";
import { hasErrorCode } from "../../native/libc-error.ts";
import { cut } from "../cut.ts";
import type { AuditEntry, AuditSink } from "./audit-entry.ts";
import { SyncedFile } from "./synced-file.ts";

/** What the configuration says about the audit log. */
export interface AuditOptions {
  readonly path: string;
  /** Share of the lines about calls that simply pass, of which no hook has said anything, 0 to 1. All others are always written. */
  readonly allowSample: number;
  /** head: the first two arguments of a program; full: all; none. */
  readonly argv: "head" | "full" | "none";
  /** The file is put aside once it is this large. */
  readonly maxSizeBytes: number;
  /** How many that were put aside stay: `path.1` is the newest. */
  readonly keep: number;
}

const maxTextLength = 1_000;
const maxArgs = 64;
/** A rotation that takes longer was begun by a process that died. */
const staleMs = 10_000;

/**
 * The audit log: JSON lines, one for each decision, appended by one write each so that the lines of several daemons never
 * mix. A line about a refusal is on the disk before the client hears of it, or `syncTimeoutMs` have passed. Mode 0600.
 */
export class AuditLog implements AuditSink, Disposable {
  readonly #options: AuditOptions;
  readonly #log: Logger;
  readonly #syncTimeoutMs: number;
  #file: SyncedFile | undefined;

  constructor(options: AuditOptions, log: Logger, syncTimeoutMs = 2_000) {
    this.#options = options;
    this.#log = log;
    this.#syncTimeoutMs = syncTimeoutMs;
  }

  async record(entry: AuditEntry): Promise<void> {
    const { decision, warnings, annotations } = entry;
    const isPlain = decision === "allow" && warnings === undefined && annotations === undefined;
    if (isPlain && Math.random() >= this.#options.allowSample) return;
    const line = `${JSON.stringify(redact(entry, this.#options.argv))}\n`;
    try {
      const file = this.#write(line);
      if (decision === "deny" || decision === "error") await this.#within(file.sync());
    } catch (error) {
      this.#log.error("audit line is lost", { path: this.#options.path, event_id: entry.id, error });
    }
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
  }

  /** A disk that hangs holds up no client for longer. */
  async #within(synced: Promise<void>): Promise<void> {
    const timeout = Promise.withResolvers<never>();
    const late = unknown(`not on the disk within ${this.#syncTimeoutMs / 1000} s`);
    const timer = setTimeout(() => timeout.reject(late), this.#syncTimeoutMs);
    try {
      await Promise.race([synced, timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  #write(line: string): SyncedFile {
    const { path, maxSizeBytes } = this.#options;
    let file = this.#open();
    if (fstatSync(file.fd).size + line.length > maxSizeBytes) {
      rotate(path, this.#options.keep, maxSizeBytes);
      file = this.#open();
    }
    writeSync(file.fd, line);
    return file;
  }

  /** Returns the file that has the name now: another daemon, or logrotate, may have put ours aside. */
  #open(): SyncedFile {
    const { path } = this.#options;
    if (this.#file !== undefined && isSameFile(this.#file.fd, path)) return this.#file;
    this[Symbol.dispose]();
    if (!existsSync(dirname(path))) mkdirSync(dirname(path), { mode: 0o700 });
    this.#file = new SyncedFile(path);
    return this.#file;
  }
}

function isSameFile(fd: number, path: string): boolean {
  const [ours, named] = [fstatSync(fd), statSync(path, { throwIfNoEntry: false })];
  return named !== undefined && ours.ino === named.ino && ours.dev === named.dev;
}

/** Puts the file aside. Of several daemons that come upon a full file one does it; the others go on writing meanwhile. */
function rotate(path: string, keep: number, maxSizeBytes: number): void {
  const lock = `${path}.rotating`;
  if (!takeLock(lock)) return;
  try {
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) < maxSizeBytes / 2) return;
    rmSync(`${path}.${keep}`, { force: true });
    for (let i = keep - 1; i >= 1; i--) renameIfThere(`${path}.${i}`, `${path}.${i + 1}`);
    if (keep > 0) renameIfThere(path, `${path}.1`);
    else rmSync(path, { force: true });
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(lock: string): boolean {
  const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > staleMs) rmSync(lock, { force: true });
  try {
    closeSync(openSync(lock, "wx", 0o600));
    return true;
  } catch (error) {
    if (hasErrorCode(error, "EEXIST")) return false;
    throw error;
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!hasErrorCode(error, "ENOENT")) throw error;
  }
}

function redact(entry: AuditEntry, mode: AuditOptions["argv"]): AuditEntry {
  const { argv, reason, ...rest } = entry;
  return {
    ...rest,
    ...(reason === undefined ? {} : { reason: cut(reason, maxTextLength) }),
    ...(argv === undefined || mode === "none" ? {} : { argv: redactArgs(argv, mode) }),
  };
}

function redactArgs(argv: readonly string[], mode: "head" | "full"): readonly string[] {
  const shown = argv.slice(0, mode === "full" ? maxArgs : 2).map((arg) => cut(arg, maxTextLength));
  return argv.length > shown.length ? [...shown, "***"] : shown;
}
