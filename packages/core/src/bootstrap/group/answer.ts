import { writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";
import { addressOf } from "./registration.ts";

/**
 * Returns what `start` prints for a socket. Every containerd accepts the plain address, which means ttrpc and version 2
 * of the Task API. containerd 1.6 accepts nothing else.
 * @see docs/decisions/0004-answer-of-start.md
 */
export function formatAnswer(socket: string, form: "plain" | "json"): string {
  const address = addressOf(socket);
  return form === "plain" ? address : JSON.stringify({ version: 2, address, protocol: "ttrpc" });
}

/** Writes the address into the bundle, where containerd 1.6 and 1.7 look for it when they restart. */
export function writeAddress(bundle: string, socket: string): void {
  writeFileSync(join(bundle, "address"), addressOf(socket));
}

/**
 * Prints the answer for the launcher, which recognises it by its first word and because it is the last line. So output
 * that a library or Node printed earlier does not reach containerd. If the launcher was killed meanwhile, that is no
 * reason to fail.
 */
export function printAnswer(answer: string): void {
  try {
    writeSync(1, `\nanswer ${answer}\n`);
  } catch (error) {
    if (!hasErrorCode(error, "EPIPE")) throw error;
  }
}
