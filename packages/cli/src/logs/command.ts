import { invalidArgument, StatusError } from "@dunnage/core";
import type { CommandContext, DefineCommand } from "../command.ts";
import { Container } from "../containers/container.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { awaitEnd } from "../containers/settle.ts";
import { ContainerStore } from "../containers/store.ts";
import { FileFollower } from "../streams/follow-file.ts";
import { OutputClosedError, writerTo } from "../streams/output.ts";
import { positionOfLastLines } from "../streams/tail.ts";

/** Exit status if our output has no reader any more: 128 + SIGPIPE. */
const unreadStatus = 141;

/** `dunnage logs`. */
export const logsCommand: DefineCommand = (command, context) => {
  command
    .description(
      "Prints the output of a container: its stdout to our stdout, its stderr to ours. With a terminal all output is stdout.",
    )
    .argument("<id>", "the container")
    .option("-f, --follow", "continue until the container has ended")
    .option("-n, --tail <lines>", "print only the last lines of each stream")
    .option("--stdout", "print stdout alone")
    .option("--stderr", "print stderr alone")
    .option(...rootOption)
    .option(...namespaceOption)
    .action((id, options) => logs(id, options, context));
};

interface LogsOptions {
  readonly follow?: true | undefined;
  readonly tail?: string | undefined;
  readonly stdout?: true | undefined;
  readonly stderr?: true | undefined;
  readonly root: string;
  readonly namespace: string;
}

async function logs(id: string, options: LogsOptions, context: CommandContext): Promise<void> {
  const lines = parseLines(options.tail);
  const container = Container.open(new ContainerStore(options), id);
  const isAll = options.stdout === options.stderr;
  const names = (["stdout", "stderr"] as const).filter((name) => isAll || options[name]);
  const followers = await Promise.all(
    names.map(async (name) => {
      const path = container.file(name);
      const position = lines === undefined ? 0 : positionOfLastLines(path, lines);
      return { path, follower: await FileFollower.open(path, writerTo(context[name]), position) };
    }),
  );
  const finish = (): void => {
    for (const { follower } of followers) follower.finish();
  };
  const leaving = new AbortController();
  const end = options.follow ? whenOver(container, context, leaving.signal) : Promise.resolve();
  const ended = end.finally(finish);
  try {
    await Promise.all(followers.map(({ follower, path }) => follower.run(path)));
    await ended;
  } catch (error) {
    if (!(error instanceof OutputClosedError)) throw error;
    context.exitStatus = unreadStatus;
  } finally {
    leaving.abort();
    finish();
    await ended.catch(() => undefined);
  }
}

/** Resolves when there will be no more output. A lost container produces none. */
async function whenOver(container: Container, context: CommandContext, signal: AbortSignal): Promise<void> {
  using client = await container.connect();
  if (client === undefined) return;
  try {
    await awaitEnd({ container, client, env: context.env }, signal);
  } catch (error) {
    // The container was removed, or its creation was abandoned.
    if (!signal.aborted && !StatusError.is(error)) throw error;
  }
}

function parseLines(text: string | undefined): number | undefined {
  if (text === undefined || text === "all") return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw invalidArgument(`--tail ${text}: not a number of lines`);
}
