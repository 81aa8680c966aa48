import type { CommandContext, DefineCommand } from "../command.ts";
import { defaultConfigPath } from "../containerd/containerd-config.ts";
import { carryOut } from "../install/carry-out.ts";
import { readHost } from "../install/host.ts";
import { defaultLinkDir } from "../install/plan.ts";
import { planUninstall } from "./plan.ts";

const description = `Reverts what dunnage install changed: the links to launchers, and its block in containerd's configuration.
The configuration is then byte for byte as it was before, except for changes that others have made since.
containerd is not restarted.`;

/** `dunnage uninstall`. */
export const uninstall: DefineCommand = (command, context) => {
  command
    .description(description)
    .option("--config <path>", "containerd's configuration", defaultConfigPath)
    .option("--bin-dir <dir>", "where the links to launchers are", defaultLinkDir)
    .option("--dry-run", "show the changes and make none")
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
  const report = { unchanged: "nothing to do: dunnage install has changed nothing here", done: "reverted" };
  await carryOut({ plan: planUninstall(host, options.binDir), report }, options, context);
}
