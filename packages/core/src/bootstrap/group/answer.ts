import { writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { hasErrorCode } from "../../native/libc-error.ts";
import { addressOf } from "./registration.ts";

/**
 * Returns what `start` prints for a socket. Every containerd takes the plain address for ttrpc and version 2 of the Task
 * API; 1.6 takes nothing else.
 * @see docs/decisions/0004-answer-of-start.md
 */
export function formatAnswer(socket: string, form: "plain" | "json"): string {
  const address = addressOf(socket);
  return form === "plain" ? address : JSON.stringify({ version: 2, address, protocol: "ttrpc" });
}

/** Leaves the address in the bundle, where containerd 1.6 and 1.7 look for it when they restart. */
export function writeAddress(bundle: string, socket: string): void {
  writeFileSync(join(bundle, "address"), addressOf(socket));
}

/**
 * Hands the answer to the launcher, which knows it by the first word and by being the last line: whatever a library or Node
 * may have printed before does not reach containerd. A launcher that was killed meanwhile is no reason to fail.
 */
export function printAnswer(answer: string): void {
  try {
    writeSync(1, `\nanswer ${answer}\n`);
  } catch (error) {
    if (!hasErrorCode(error, "EPIPE")) throw error;
  }
}
