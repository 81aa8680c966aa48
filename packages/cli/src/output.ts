import type { OutputStream } from "./command.ts";

/** Writes a command's result: as one JSON value with `--json`, else as text, to which a final line feed is added. */
export function printResult<T>(stdout: OutputStream, isJson: boolean | undefined, value: T, text: string): void {
  const output = isJson ? JSON.stringify(value, undefined, 2) : text;
  if (output !== "") stdout.write(output.endsWith("\n") ? output : `${output}\n`);
}
