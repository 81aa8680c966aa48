import type { DefineCommand } from "../command.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { defaultDetachKeys } from "../streams/detach-keys.ts";
import { run } from "./run.ts";

/** `dunnage run`. */
export const runCommand: DefineCommand = (command, context) => {
  command
    .description("Runs an OCI bundle through a shim, without containerd. The exit status is the container's.")
    .argument("<bundle>", "directory with config.json and the root file system")
    .option("-d, --detach", "print the id once it runs, and leave it alone")
    .option("-i, --interactive", "give it our standard input; detached: keep its input open, for `attach`")
    .option("-t, --tty", "give it a terminal (default: what config.json says)")
    .option("--no-tty", "give it none, whatever config.json says")
    .option("--rm", "remove it when it has ended")
    .option("--id <id>", "name of the container (default: a random one)")
    .option(
      "--runtime <name>",
      "name of a runtime, as in containerd-shim-dunnage-NAME-v1, or path of a launcher",
      "runc",
    )
    .option("--pid-file <file>", "write the pid of its init there")
    .option("--exit-file <file>", "have its exit status written there, by the shim")
    .option("--detach-keys <keys>", "keys that leave a terminal without ending anything", defaultDetachKeys)
    .option(...rootOption)
    .option(...namespaceOption)
    .option("--json", "with --detach: print JSON")
    .action((bundle, options) => run(bundle, options, context));
};
