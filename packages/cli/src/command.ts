import type { Command } from "@commander-js/extra-typings";

/** A stream that a command writes to; what it may be asked if it is a terminal. */
export type OutputStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** What a command has of its surroundings. Nothing else reads the process's environment or arguments. */
export interface CommandContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Directory of the installation: Node, the bundles, the FFI library. */
  readonly libDir: string;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  /** For results alone; `--json` writes one JSON value here and nothing else. */
  readonly stdout: OutputStream;
  /** For everything that is said to a person on the way. */
  readonly stderr: OutputStream;
  /** Exit status when nothing is thrown; 0 unless the action sets another one. */
  exitStatus: number;
  /** Exit status when something is thrown; 1 unless the action sets another one. */
  failureStatus?: number;
}

/**
 * Tells the parser what a command takes, and what it does: description, arguments, options, `action`. What the action
 * throws is one line on stderr and exit status 1; the command line itself is wrong: `command.error(…)`, exit status 2.
 * @param command already has its name, its summary and `--debug`.
 */
export type DefineCommand = (command: Command, context: CommandContext) => void;

/** One line of the table of commands. */
export interface CommandEntry {
  readonly name: string;
  /** A line of `dunnage --help`: lower case, no full stop. */
  readonly summary: string;
  /** Loads the command's code, which happens only when it is called. */
  load(): Promise<DefineCommand>;
}
