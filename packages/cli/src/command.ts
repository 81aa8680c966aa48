import type { Command } from "@commander-js/extra-typings";

/** A stream that a command writes to, with the properties that it has if it is a terminal. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command can access outside of its own code. Nothing else reads the process's environment or arguments. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory of the installation: Node, the bundles, the FFI library. */
  readonly libDir: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** For results only; with `--json` it gets one JSON value and nothing else. */
  readonly stdout: OutputStream;
  /** For all other messages to the user. */
  readonly stderr: OutputStream;
  /** Exit status if the action does not throw; 0 unless the action sets another one. */
  exitStatus: number;
  /** Exit status if the action throws; 1 unless the action sets another one. */
  failureStatus?: number;
}

/**
 * Defines a command for the parser: description, arguments, options, `action`. An error that the action throws becomes
 * one line on stderr and exit status 1. If the command line itself is wrong, the action calls `command.error(…)`: exit
 * status 2.
 * @param command already has its name and its summary; `--debug` is added afterwards.
 */
export type DefineCommand = (command: Command, context: CommandContext) => void;

/** An entry of the table of commands. */
export interface CommandEntry {
  readonly name: string;
  /** A line of `dunnage --help`: lower case, no full stop. */
  readonly summary: string;
  /** Loads the command's code, which happens only when the command is called. */
  load(): Promise<DefineCommand>;
}
