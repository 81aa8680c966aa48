import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { failedPrecondition } from "@dunnage/core";
import type { CommandContext } from "../command.ts";

/**
 * Asks the user a yes/no question.
 * @throws {StatusError} FailedPrecondition – stdin is no terminal, so no user can answer.
 */
export async function confirm(question: string, { stdin, stderr }: CommandContext): Promise<boolean> {
  if (!stdin.isTTY) {
    throw failedPrecondition("there is no terminal to ask: --yes continues without asking, --dry-run only shows");
  }
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    // The end of the input, Ctrl-D, closes the interface without an answer.
    const closed = once(lines, "close").then(() => "");
    return /^y(?:es)?$/i.test((await Promise.race([lines.question(`${question} [y/N] `), closed])).trim());
  } finally {
    lines.close();
  }
}
