import type { LogFields, Logger } from "../../src/log/logger.ts";

/** One logged line. */
export interface Recorded {
  readonly level: "debug" | "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that records its lines. Loggers made by `with` write into the same list. */
export class RecordingLog implements Logger {
  readonly lines: Recorded[];
  readonly #fields: LogFields;

  constructor(lines: Recorded[] = [], fields: LogFields = {}) {
    this.lines = lines;
    this.#fields = fields;
  }

  debug(message: string, fields?: LogFields): void {
    this.#record("debug", message, fields);
  }

  info(message: string, fields?: LogFields): void {
    this.#record("info", message, fields);
  }

  warn(message: string, fields?: LogFields): void {
    this.#record("warn", message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#record("error", message, fields);
  }

  with(fields: LogFields): Logger {
    return new RecordingLog(this.lines, { ...this.#fields, ...fields });
  }

  /** Messages of one level. */
  messages(level: Recorded["level"]): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message);
  }

  #record(level: Recorded["level"], message: string, fields: LogFields = {}): void {
    this.lines.push({ level, message, fields: { ...this.#fields, ...fields } });
  }
}
