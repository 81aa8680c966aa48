import type { CommandContext, DefineCommand } from "../command.ts";
import { defaultConfigPath } from "../containerd/containerd-config.ts";
import { carryOut } from "../install/carry-out.ts";
import { readHost } from "../install/host.ts";
import { defaultLinkDir } from "../install/plan.ts";
import { planUninstall } from "./plan.ts";

const description = `Takes back what dunnage install changed: the links to launchers, and what it wrote into containerd's
configuration, which is then as it was before, to the byte. What was written by others meanwhile stays.
containerd is not restarted.`;

/** `dunnage uninstall`. */
export const uninstall: DefineCommand = (command, context) => {
  command
    .description(description)
    .option("--config <path>", "containerd's configuration", defaultConfigPath)
    .option("--bin-dir <dir>", "where the links to launchers are", defaultLinkDir)
    .option("--dry-run", "only show what would be changed")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the result as JSON")
    .action((options) => run(options, context));
};

interface UninstallOptions {
  readonly config: string;
  readonly binDir: string;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

async function run(options: UninstallOptions, context: CommandContext): Promise<void> {
  const host = await readHost(context, options.config);
  const report = { unchanged: "nothing to do: nothing is here that dunnage install brought", done: "taken back" };
  await carryOut({ plan: planUninstall(host, options.binDir), report }, options, context);
}
