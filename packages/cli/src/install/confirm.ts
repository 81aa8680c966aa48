import { createInterface } from "node:readline/promises";
import { failedPrecondition } from "@dunnage/core";
import type { CommandContext } from "../command.ts";

/**
 * Asks a question that is answered by yes or no.
 * @throws {StatusError} FailedPrecondition – nobody can be asked.
 */
export async function confirm(question: string, { stdin, stderr }: CommandContext): Promise<boolean> {
  if (!stdin.isTTY)
    throw failedPrecondition("nobody can be asked here: --yes goes on without asking, --dry-run only shows");
  const lines = createInterface({ input: stdin, output: stderr });
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
