/** Whether `text` equals `pattern`. If `pattern` ends in `*`: whether `text` begins with the part before the `*`. */
export function isCovered(text: string, pattern: string): boolean {
  return pattern.endsWith("*") ? text.startsWith(pattern.slice(0, -1)) : text === pattern;
}
