import type { LogFields } from "./logger.ts";

/** Levels, with the names of logrus: containerd's own lines use these. */
export type LogLevel = "debug" | "info" | "warning" | "error";

/** Longest value in a line, in UTF-16 units. The rest is cut off and marked with an ellipsis. */
export const maxValueLength = 4096;

// What logrus leaves unquoted.
const bare = /^[A-Za-z0-9\-._/@^+]+$/;
// JSON does not escape these, but a terminal or a line splitter may act on them. They need no biome-ignore, because
// they are escapes, not literals.
const unsafe = /[\u007f-\u009f\u2028\u2029]/g;
const reserved = new Set(["time", "level", "msg"]);

/** What every log line has. */
export interface LogLine {
  readonly time: Date;
  readonly level: LogLevel;
  readonly message: string;
}

/**
 * Encodes one log line with its line feed, in the text format of logrus: `time="…" level=info msg="…" id=…`.
 * Never throws, whatever the fields hold; the result has exactly one line feed, at its end.
 * @see https://github.com/sirupsen/logrus/blob/master/text_formatter.go
 */
export function encodeLine({ time, level, message }: LogLine, fields?: LogFields): string {
  let line = `time="${time.toISOString()}" level=${level} msg=${quote(cut(message))}`;
  if (fields === undefined) return `${line}\n`;
  for (const key of Object.keys(fields)) {
    const text = textOf(fields, key);
    if (text !== undefined) line += ` ${encodeKey(key)}=${encodeValue(text)}`;
  }
  return `${line}\n`;
}

/** Encodes a value: unquoted if logrus would leave it so, otherwise in double quotes with escapes. */
export function encodeValue(text: string): string {
  const value = cut(text);
  return bare.test(value) ? value : quote(value);
}

// logrus renames fields that clash with its own in the same way.
function encodeKey(key: string): string {
  const safe = key.replaceAll(/[^A-Za-z0-9_.-]/g, "_") || "_";
  return reserved.has(safe) ? `fields.${safe}` : safe;
}

function quote(value: string): string {
  return JSON.stringify(value).replaceAll(unsafe, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

function cut(text: string): string {
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)}…` : text;
}

// A getter, a proxy or a toJSON may throw: a log line is never worth an exception.
function textOf(fields: LogFields, key: string): string | undefined {
  try {
    return toText(fields[key]);
  } catch {
    return "!unprintable";
  }
}

function toText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "string") return value;
  if (value instanceof Error) return String(value.message);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
  if (typeof value === "object" && value !== null) return JSON.stringify(value, plain) ?? "undefined";
  return String(value);
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  return value instanceof Error ? value.message : value;
}
