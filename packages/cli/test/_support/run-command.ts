import { PassThrough, Writable } from "node:stream";
import type { CommandContext, CommandEntry } from "../../src/command.ts";
import { commands } from "../../src/commands.ts";
import { main } from "../../src/main.ts";

/** The outcome of a `dunnage` command line. */
export interface CommandOutcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** Default: the real ones. */
  readonly commands?: readonly CommandEntry[];
  /** Default: empty. */
  readonly env?: CommandContext["env"];
  /** Directory of the installation. Default: one that does not exist. */
  readonly libDir?: string;
  /** What a user types at a terminal. Default: there is no terminal and no input. */
  readonly typed?: string;
}

/** Runs a command line of `dunnage` in this process. */
export async function runDunnage(args: readonly string[], options: RunOptions = {}): Promise<CommandOutcome> {
  const { env = {}, libDir = "/nonexistent" } = options;
  const output = { stdout: "", stderr: "" };
  const collect = (name: keyof typeof output): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        output[name] += chunk;
        done();
      },
    });
  const stdin = Object.assign(new PassThrough(), { isTTY: options.typed !== undefined });
  stdin.end(options.typed);
  const streams = { stdin, stdout: collect("stdout"), stderr: collect("stderr") };
  const status = await main(args, { env, libDir, ...streams, exitStatus: 0 }, options.commands ?? commands);
  return { status, ...output };
}
