import type { OutputStream } from "./command.ts";

/** The result of a command. */
export interface Result {
  /** Whether the user asked for JSON. */
  readonly json: boolean | undefined;
  /** The result as a JSON value. */
  readonly value: unknown;
  readonly text: string;
}

/** Writes a command's result: as one JSON value with `--json`, else as text, to which a final line feed is added. */
export function printResult(stdout: OutputStream, { json, value, text }: Result): void {
  const output = json ? JSON.stringify(value, undefined, 2) : text;
  if (output !== "") stdout.write(output.endsWith("\n") ? output : `${output}\n`);
}
