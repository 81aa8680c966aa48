/** One record of an OCI runtime's JSON log. */
export interface LogRecord {
  readonly level: string;
  readonly msg: string;
}

// A log with more broken candidates than this is not an OCI runtime's log.
const maxBroken = 64;

/**
 * Parses the log of an OCI runtime: JSON objects, one per line (runc, crun) or with nothing between them (runsc).
 * Anything that is not an object with `level` and `msg` is skipped, and so is a record that is cut off at the end.
 * @see https://github.com/containerd/go-runc/blob/main/utils.go
 */
export function parseLogRecords(text: string): LogRecord[] {
  const records: LogRecord[] = [];
  let at = text.indexOf("{");
  let broken = 0;
  while (at >= 0 && broken < maxBroken) {
    const end = endOfObject(text, at);
    const record = end > 0 ? parseRecord(text.slice(at, end)) : undefined;
    if (record) records.push(record);
    if (end < 0) broken += 1;
    at = text.indexOf("{", end > 0 ? end : afterLine(text, at));
  }
  return records;
}

/**
 * Text of the last record that reports an error, trimmed; undefined if there is none. Warnings that precede it are
 * noise. The runtime's own message has the level `error`; a `fatal` or `panic` after it comes from a wrapper and counts
 * only if there is no `error`.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/utils.go getLastRuntimeError
 */
export function lastError(records: readonly LogRecord[]): string | undefined {
  const errors = records.filter(isError);
  return (errors.findLast(({ level }) => level === "error") ?? errors.at(-1))?.msg.trim();
}

/**
 * Texts of all records that report an error, in order, joined by "; ": for runtimes whose last error hides the cause.
 */
export function allErrors(records: readonly LogRecord[]): string | undefined {
  const texts = records.filter(isError).map((record) => record.msg.trim());
  return texts.length > 0 ? [...new Set(texts)].join("; ") : undefined;
}

function isError(record: LogRecord): boolean {
  return (record.level === "error" || record.level === "fatal" || record.level === "panic") && record.msg.trim() !== "";
}

function parseRecord(json: string): LogRecord | undefined {
  try {
    const { level, msg } = JSON.parse(json) as { level?: unknown; msg?: unknown };
    return typeof level === "string" && typeof msg === "string" ? { level, msg } : undefined;
  } catch {
    return undefined; // balanced, but not JSON: stray text of the runtime
  }
}

/**
 * Index after the brace that closes the object at `start`; -1 if it is cut off or a string runs past the end of its
 * line.
 */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let i = start; i < text.length; i += 1) {
    const char = text[i];
    if (inString) {
      if (char === "\\") i += 1;
      else if (char === '"') inString = false;
      else if (char === "\n") return -1;
    } else if (char === '"') inString = true;
    else if (char === "{") depth += 1;
    else if (char === "}") {
      depth -= 1;
      if (depth === 0) return i + 1;
    }
  }
  return -1;
}

function afterLine(text: string, at: number): number {
  const newline = text.indexOf("\n", at);
  return newline < 0 ? text.length : newline + 1;
}
