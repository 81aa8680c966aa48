/** Whether `text` is `pattern`, or begins with what stands before a `*` at the end of `pattern`. */
export function isCovered(text: string, pattern: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
