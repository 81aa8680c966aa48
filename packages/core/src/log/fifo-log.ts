import { join } from "node:path";
import { LogFifo } from "./log-fifo.ts";
import { encodeLine, type LogLevel } from "./logfmt.ts";
import type { LogFields, Logger } from "./logger.ts";

/** Most lines that wait for the first container: those that a daemon logs before it has one. */
const maxUnrouted = 256;

/**
 * Logger that writes to the `log` FIFO of the container's own bundle. A line with a field `id` goes to that container's
 * FIFO, and any other line to that of an attached container. Lines are written once per turn of the event loop, never
 * block, and never reach stdout or stderr, which belong to the protocol. Nothing here throws.
 */
export class FifoLog implements Logger, Disposable {
  readonly #debug: boolean;
  readonly #fifos = new Map<string, LogFifo>();
  #unrouted: string[] = [];
  #scheduled = false;

  /** `debug`: whether debug lines are written at all (the flag `-debug`). */
  constructor(options: { readonly debug: boolean }) {
    this.#debug = options.debug;
  }

  /** Routes the lines of container `id` to its bundle. Opens nothing yet. */
  attach(id: string, bundle: string): void {
    this.detach(id);
    const fifo = new LogFifo(join(bundle, "log"));
    this.#fifos.set(id, fifo);
    for (const line of this.#unrouted) fifo.push(line);
    if (this.#unrouted.length > 0) this.#schedule();
    this.#unrouted = [];
  }

  /** Writes what container `id` still has queued and closes its FIFO. Unknown ids are ignored. */
  detach(id: string): void {
    this.#fifos.get(id)?.[Symbol.dispose]();
    this.#fifos.delete(id);
  }

  debug(message: string, fields?: LogFields): void {
    if (this.#debug) this.#log("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#log("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#log("warning", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#log("error", message, fields);
  }

  with(fields: LogFields): Logger {
    return new FieldLogger(this, fields);
  }

  /** Writes everything that is queued. To be called before the process exits. */
  flush(): void {
    this.#scheduled = false;
    for (const fifo of this.#fifos.values()) fifo.flush();
  }

  /** Flushes and closes every FIFO; later lines are kept, but never written. */
  [Symbol.dispose](): void {
    for (const id of [...this.#fifos.keys()]) this.detach(id);
  }

  #log(level: LogLevel, message: string, fields: LogFields | undefined): void {
    const line = encodeLine({ time: new Date(), level, message }, fields);
    const fifo = this.#route(fields);
    if (fifo !== undefined) {
      fifo.push(line);
      this.#schedule();
    } else if (this.#unrouted.length < maxUnrouted) this.#unrouted.push(line);
  }

  #route(fields: LogFields | undefined): LogFifo | undefined {
    return this.#fifos.get(idOf(fields)) ?? this.#fifos.values().next().value;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(FifoLog.#flush, this);
  }

  static #flush(log: FifoLog): void {
    log.flush();
  }
}

function idOf(fields: LogFields | undefined): string {
  try {
    return String(fields?.["id"] ?? "");
  } catch {
    return "";
  }
}

/** A logger that adds fields to each line. The fields of the call override them. */
class FieldLogger implements Logger {
  readonly #log: FifoLog;
  readonly #fields: LogFields;

  constructor(log: FifoLog, fields: LogFields) {
    this.#log = log;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#log.debug(message, this.#merge(fields));
  }

  info(message: string, fields?: LogFields): void {
    this.#log.info(message, this.#merge(fields));
  }

  warn(message: string, fields?: LogFields): void {
    this.#log.warn(message, this.#merge(fields));
  }

  error(message: string, fields?: LogFields): void {
    this.#log.error(message, this.#merge(fields));
  }

  with(fields: LogFields): Logger {
    return new FieldLogger(this.#log, this.#merge(fields));
  }

  // A getter may throw. Then only the logger's own fields are used.
  #merge(fields: LogFields | undefined): LogFields {
    if (fields === undefined) return this.#fields;
    try {
      return { ...this.#fields, ...fields };
    } catch {
      return this.#fields;
    }
  }
}
