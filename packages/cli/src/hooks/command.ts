import { configPath, defaultRuntimeDir, listStaleDaemons, Paths } from "@dunnage/core/internal";
import type { DefineCommand } from "../command.ts";
import { printResult } from "../output.ts";
import { readConfig } from "../read-config.ts";
import { formatHooks, listHooks } from "./listed-hook.ts";
import { loadHooks } from "./load-hooks.ts";

const description = `Lists the hooks of the configuration, by stage, in the order in which they run. Those of a stage that validate run at the
same time. Plugins are loaded for it, as a daemon would; one that does not load is an error. KEPT: required, or locked. What is
exempt is judged by none of them. At the end: daemons that could not load them and go on with what they had.`;

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
