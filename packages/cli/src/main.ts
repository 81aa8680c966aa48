import { inspect } from "node:util";
import { Command, CommanderError } from "@commander-js/extra-typings";
import { readBuild, version } from "@dunnage/core/internal";
import type { CommandContext, CommandEntry } from "./command.ts";

const usageStatus = 2;
const debugOption = ["--debug", "show where an error comes from; so does DUNNAGE_DEBUG=1"] as const;

/**
 * Runs a command line of `dunnage` and resolves to the exit status: 0, or what the command sets; if it throws: 1, or
 * what it sets for failures; 2 if the command line is wrong. Never rejects.
 * @param args without the program's name.
 */
export async function main(
  args: readonly string[],
  context: CommandContext,
  commands: readonly CommandEntry[],
): Promise<number> {
  const program = toProgram(context);
  let running: Command = program;
  program.hook("preAction", (_program, action) => {
    running = action as Command;
  });
  try {
    await addCommands(program, { args, context, commands });
    await program.parseAsync(args, { from: "user" });
    return context.exitStatus;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usageStatus;
    const { debug } = running.optsWithGlobals() as { readonly debug?: boolean };
    context.stderr.write(`${describe(error, nameOf(running), debug || Boolean(context.env["DUNNAGE_DEBUG"]))}\n`);
    return context.failureStatus ?? 1;
  }
}

function toProgram({ libDir, stdout, stderr }: CommandContext): Command {
  const program: Command = new Command("dunnage")
    .description("Containerd shims in TypeScript: install them, check the host, run bundles without containerd.")
    .version(versionText(libDir), "-V, --version", "print the version")
    .helpOption("-h, --help", "print this help")
    .option(...debugOption)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void stdout.write(text),
      writeErr: (text) => void stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "dunnage: ")),
    }) as Command;
  return program;
}

function versionText(libDir: string): string {
  const build = readBuild(libDir);
  return build === "" ? version : `${version} (${build})`;
}

interface Table {
  readonly args: readonly string[];
  readonly context: CommandContext;
  readonly commands: readonly CommandEntry[];
}

/** Registers every command by name. Only the one that is called, or whose help is requested, is loaded. */
async function addCommands(program: Command, { args, context, commands }: Table): Promise<void> {
  const operands = args.filter((arg) => !arg.startsWith("-"));
  const called = operands[0] === "help" ? operands[1] : operands[0];
  for (const entry of commands) {
    const command = program.command(entry.name).summary(entry.summary) as Command;
    if (entry.name !== called) continue;
    (await entry.load())(command, context);
    finish(command);
  }
}

/** Adds what all commands have in common, including subcommands. */
function finish(command: Command): void {
  command.option(...debugOption).helpOption("-h, --help", "print this help");
  command.showHelpAfterError(`(${nameOf(command)} --help says what it takes)`);
  for (const below of command.commands) finish(below as Command);
}

function nameOf(command: Command): string {
  const above = command.parent as Command | null;
  return above === null ? command.name() : `${nameOf(above)} ${command.name()}`;
}

/**
 * Formats an error: the message alone if the user can fix the cause. A bug of the program is reported as an internal
 * error.
 */
function describe(error: unknown, name: string, isDebug: boolean): string {
  if (isDebug) return `${name}: ${inspect(error)}`;
  if (!(error instanceof Error)) return `${name}: ${error}`;
  const isBug = [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);
  return isBug
    ? `${name}: internal error: ${error.message}; DUNNAGE_DEBUG=1 shows where`
    : `${name}: ${error.message.replaceAll("\n", `\n${name}: `)}`;
}
