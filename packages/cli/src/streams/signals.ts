import { constants } from "node:os";
import { invalidArgument } from "@dunnage/core";
import { suggestion } from "@dunnage/core/client";

const maxSignal = 64;

/** Signals that are passed on to a container: all that a program can catch and that mean something to another one. */
const forwarded = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM"] as const;

/** Signals that terminate a program that does not handle them. */
const terminating: ReadonlySet<string> = new Set(["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"]);

/**
 * Reads a signal: a number up to 64, or a name with or without SIG, in any case.
 * @throws {StatusError} InvalidArgument – no such signal.
 */
export function parseSignal(text: string): number {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= maxSignal) return Number(text);
  const name = text.toUpperCase().replace(/^(?:SIG)?/, "SIG");
  const signals: Readonly<Record<string, number>> = constants.signals;
  if (Object.hasOwn(signals, name)) return signals[name] as number;
  throw invalidArgument(`unknown signal ${text}${suggestion(name, Object.keys(signals))}`);
}

/**
 * Calls `onSignal` with the number of every signal that this process gets, instead of letting the signal terminate it.
 * Disposing of the result ends this.
 */
export function catchSignals(onSignal: (number: number, isTerminating: boolean) => void): Disposable {
  const listeners = forwarded.map((name) => {
    const listener = (): void => onSignal(constants.signals[name], terminating.has(name));
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return {
    [Symbol.dispose]: () => {
      for (const remove of listeners) remove();
    },
  };
}
