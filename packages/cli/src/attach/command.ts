import { failedPrecondition } from "@dunnage/core";
import type { CommandContext, DefineCommand } from "../command.ts";
import { Container } from "../containers/container.ts";
import { failureStatus, namespaceOption, rootOption } from "../containers/options.ts";
import { runSession } from "../containers/session.ts";
import { readStatus } from "../containers/status.ts";
import { ContainerStore } from "../containers/store.ts";
import { defaultDetachKeys, parseDetachKeys } from "../streams/detach-keys.ts";

/** Exit status if our output has no reader any more: 128 + SIGPIPE. */
const unreadStatus = 141;

/** `dunnage attach`. */
export const attachCommand: DefineCommand = (command, context) => {
  command
    .description(
      "Connects to a running container: prints its output from now on, and passes on our input if the container has one. " +
        "Any number of clients can be connected. The exit status is the container's. A signal ends only this client.",
    )
    .argument("<id>", "the container")
    .option("--no-stdin", "pass on no input")
    .option("--close-stdin", "close the container's input at the end of ours")
    .option("--detach-keys <keys>", "keys that disconnect from a terminal; the container continues", defaultDetachKeys)
    .option(...rootOption)
    .option(...namespaceOption)
    .action((id, options) => attach(id, options, context));
};

interface AttachOptions {
  readonly stdin: boolean;
  readonly closeStdin?: true | undefined;
  readonly detachKeys: string;
  readonly root: string;
  readonly namespace: string;
}

async function attach(id: string, options: AttachOptions, context: CommandContext): Promise<void> {
  context.failureStatus = failureStatus;
  const detachKeys = parseDetachKeys(options.detachKeys);
  const container = Container.open(new ContainerStore(options), id);
  using client = await container.connectOrExplain();
  const { condition } = await readStatus(container);
  if (condition !== "running" && condition !== "paused" && condition !== "created") {
    throw failedPrecondition(`container ${id} is not running: it is ${condition}`);
  }
  const stdin = options.stdin && container.record.stdin;
  const closeStdin = options.closeStdin ?? false;
  const session = { container, client, context, from: "now", stdin, closeStdin, detachKeys } as const;
  const end = await runSession(session, async () => {});
  if (end.kind === "unread") context.exitStatus = unreadStatus;
  if (end.kind === "exited") context.exitStatus = end.ending.status;
}
