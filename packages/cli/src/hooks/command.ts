import { configPath, defaultRuntimeDir, listStaleDaemons, Paths } from "@dunnage/core/internal";
import type { DefineCommand } from "../command.ts";
import { printResult } from "../output.ts";
import { readConfig } from "../read-config.ts";
import { formatHooks, listHooks } from "./listed-hook.ts";
import { loadHooks } from "./load-hooks.ts";

const description = `Lists the hooks of the configuration, by stage, in the order in which they run.
Hooks of the phase validate run at the same time.
The plugins are loaded as a daemon loads them. A plugin that cannot be loaded is an error.
PROTECTED: the plugin is required or locked.
The last lines show which containers are exempt from all hooks, and which daemons still use earlier hooks.`;

/** `dunnage hooks`. */
export const hooksCommand: DefineCommand = (command, context) => {
  command.description("Shows the hooks of this host.");
  command
    .command("ls")
    .summary("list hooks in the order in which they run")
    .description(description)
    .option("--config <path>", "Dunnage's configuration", configPath(context.env))
    .option("--json", "print JSON")
    .action(async ({ config: path, json }) => {
      const config = await readConfig(path, context.libDir);
      const { hooks, plugins } = await loadHooks(config, context);
      const listed = listHooks(hooks, plugins);
      hooks.close();
      const stale = listStaleDaemons(new Paths(defaultRuntimeDir(context.env)));
      const { required, exempt } = config.hooks;
      const value = { files: config.files, required, exempt, hooks: listed, stale };
      printResult(context.stdout, { json, value, text: formatHooks(value) });
    });
};
