import type { LogFields, Logger } from "./logger.ts";

const firstPauseMs = 100;
const longestPauseMs = 10_000;

/** How a failure is logged. */
export interface FailureNote {
  readonly log: Logger;
  readonly message: string;
  readonly fields: LogFields;
}

/** Runs `work`. Returns false if it throws; the error is logged. Never throws, not even when the log does. */
export function attempt(note: FailureNote, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    logFailure(note, error);
    return false;
  }
}

/**
 * Runs `work` until it does not throw: now, and again after each failure, with pauses that grow from 100 ms to 10 s.
 * Never throws. Its timer does not keep the process alive.
 */
export function insist(note: FailureNote, work: () => void, pauseMs = firstPauseMs): void {
  if (!attempt(note, work)) insistLater(note, work, pauseMs);
}

/** As `insist`, for work that has failed already. */
export function insistLater(note: FailureNote, work: () => void, pauseMs = firstPauseMs): void {
  setTimeout(insist, pauseMs, note, work, Math.min(pauseMs * 2, longestPauseMs)).unref();
}

/** Logs an error. Never throws: what comes after it is worth more than a log line. */
export function logFailure({ log, message, fields }: FailureNote, error: unknown): void {
  try {
    log.error(message, { ...fields, error });
  } catch {
    // There is no other place to report it.
  }
}
