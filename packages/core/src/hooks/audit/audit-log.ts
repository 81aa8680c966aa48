import { unknown } from "../../errors/errors.ts";
import type { Logger } from "../../log/logger.ts";
import { cut } from "../text.ts";
import type { AuditEntry, AuditSink } from "./audit-entry.ts";
import { AuditFile } from "./audit-file.ts";
import type { Rotation } from "./rotate.ts";

/** Settings of the audit log in the configuration. */
export interface AuditOptions extends Rotation {
  /**
   * Share of lines to write about calls that pass without a warning or an annotation, 0 to 1. All other lines are
   * always written.
   */
  readonly allowSample: number;
  /** head: the first two arguments of a program; full: all of them; none: no arguments. */
  readonly argv: "head" | "full" | "none";
}

const maxTextLength = 1_000;
const maxArgs = 64;

/**
 * The audit log: JSON lines, one for each decision. The client of a refused call gets its answer when the line is on
 * the disk, or after `syncTimeoutMs`. No call waits for other lines. Lost lines are reported in the daemon's log.
 */
export class AuditLog implements AuditSink, Disposable {
  readonly #options: AuditOptions;
  readonly #log: Logger;
  readonly #syncTimeoutMs: number;
  readonly #file: AuditFile;

  constructor(options: AuditOptions, log: Logger, syncTimeoutMs = 2_000) {
    this.#options = options;
    this.#log = log;
    this.#syncTimeoutMs = syncTimeoutMs;
    const onRotationError = (error: unknown): void =>
      log.error("audit log is not rotated", { path: options.path, error });
    this.#file = new AuditFile(options, onRotationError);
  }

  async record(entry: AuditEntry): Promise<void> {
    const { decision, warnings, annotations } = entry;
    const isPlain = decision === "allow" && warnings === undefined && annotations === undefined;
    if (isPlain && Math.random() >= this.#options.allowSample) return;
    const line = `${JSON.stringify(redact(entry, this.#options.argv))}\n`;
    const isRefusal = decision === "deny" || decision === "error";
    const written = this.#file.append(line, isRefusal);
    const logged = (isRefusal ? this.#within(written) : written).catch((error) => this.#logLoss(entry, error));
    if (isRefusal) await logged;
  }

  flush(): Promise<void> {
    return this.#file.flush();
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  #logLoss({ id }: AuditEntry, error: unknown): void {
    this.#log.error("audit line is lost", { path: this.#options.path, event_id: id, error });
  }

  /** Rejects after `syncTimeoutMs`: a disk that hangs must not delay a client for longer. */
  async #within(synced: Promise<void>): Promise<void> {
    const timeout = Promise.withResolvers<never>();
    const notSynced = unknown(`not on the disk within ${this.#syncTimeoutMs / 1000} s`);
    const timer = setTimeout(() => timeout.reject(notSynced), this.#syncTimeoutMs);
    try {
      await Promise.race([synced, timeout.promise]);
    } finally {
      clearTimeout(timer);
    }
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
