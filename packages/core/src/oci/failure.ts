import { constants } from "node:os";
import type { CommandResult } from "../reaper/command.ts";
import type { OciDialect } from "./dialect.ts";
import type { LogRecord } from "./log-records.ts";

/** Why an OCI command failed. */
export interface OciFailure {
  /** The runtime's own message if it has any. */
  readonly text: string;
  /** False: the text is not the runtime's (it could not be started, or it died), so its wording proves nothing. */
  readonly fromRuntime: boolean;
  /** Whether the command may have been interrupted half-way, so that what it had created still exists. */
  readonly interrupted: boolean;
}

/** What is known of a command that ended with a status other than 0. */
export interface EndedCommand {
  /** Name of the executable, for the message. */
  readonly binary: string;
  readonly result: CommandResult;
  readonly records: readonly LogRecord[];
}

/**
 * Describes a failure: with the error that the runtime logged, otherwise with its stderr and exit status like go-runc.
 * @see https://github.com/containerd/containerd/blob/main/cmd/containerd-shim-runc-v2/process/utils.go getLastRuntimeError
 */
export function toFailure(dialect: OciDialect, ended: EndedCommand): OciFailure {
  const signal = signalOf(ended.result.exitStatus);
  const logged = dialect.errorText(ended.records);
  if (logged !== undefined) return { text: logged, fromRuntime: true, interrupted: signal !== undefined };
  const status = signal ?? `exit status ${ended.result.exitStatus}`;
  const output = firstLines(ended.result.stderr) || firstLines(ended.result.stdout);
  const text = `${ended.binary} did not terminate successfully: ${status}${output ? `: ${output}` : ""}`;
  return { text, fromRuntime: signal === undefined, interrupted: signal !== undefined };
}

/** A failure that kept the command from running at all. */
export function notStarted(text: string): OciFailure {
  return { text, fromRuntime: false, interrupted: false };
}

const signalNames = new Map(Object.entries(constants.signals).map(([name, number]) => [number as number, name]));

// Runtimes exit with 1, 2, 64, 128, 253 or 255 of their own accord; 129…192 means a signal.
function signalOf(exitStatus: number): string | undefined {
  if (exitStatus <= 128 || exitStatus > 192) return undefined;
  const number = exitStatus - 128;
  return `signal: ${signalNames.get(number) ?? number}`;
}

// A usage text is long; the important part comes first. After the first line of a Go panic there is only its stack.
function firstLines(output: string): string {
  const lines = output.trim().split("\n");
  const panic = lines.find((line) => /^(?:panic|fatal error): /.test(line));
  if (panic !== undefined) return panic.slice(0, 1024);
  lines.splice(5);
  return lines.join("\n").slice(0, 1024).trim();
}
