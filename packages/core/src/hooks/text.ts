/** Returns the text, or as much of its beginning as fits, with an ellipsis. Lengths are in UTF-16 units. */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, Math.max(0, maxLength - 1))}…` : text;
}

/** Whether `text` equals `pattern`. If `pattern` ends in `*`: whether `text` begins with the part before the `*`. */
export function isCovered(text: string, pattern: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}

/** Returns the message of any thrown value. */
export function textOf(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return "unknown error";
  }
}
