/** Returns the text, or as much of its beginning as fits, with an ellipsis. Lengths are in UTF-16 units. */
export function cut(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, Math.max(0, maxLength - 1))}…` : text;
}
