import type { DefineCommand } from "../command.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { defaultDetachKeys } from "../streams/detach-keys.ts";
import { run } from "./run.ts";

/** `dunnage run`. */
export const runCommand: DefineCommand = (command, context) => {
  command
    .description("Runs an OCI bundle through a shim, without containerd. The exit status is the container's.")
    .argument("<bundle>", "directory with config.json and the root file system")
    .option("-d, --detach", "print the id once the container runs, and exit")
    .option("-i, --interactive", "pass on our standard input; with --detach: keep its input open for `attach`")
    .option("-t, --tty", "give the container a terminal (default: what config.json says)")
    .option("--no-tty", "give the container no terminal, even if config.json says so")
    .option("--rm", "remove the container when it has ended")
    .option("--id <id>", "name of the container (default: a random one)")
    .option(
      "--runtime <name>",
      "name of a runtime, as in containerd-shim-dunnage-NAME-v1, or path of a launcher",
      "runc",
    )
    .option("--pid-file <file>", "write the pid of init to this file")
    .option("--exit-file <file>", "let the shim write the exit status to this file")
    .option("--detach-keys <keys>", "keys that disconnect from a terminal; the container continues", defaultDetachKeys)
    .option(...rootOption)
    .option(...namespaceOption)
    .option("--json", "with --detach: print JSON")
    .action((bundle, options) => run(bundle, options, context));
};
