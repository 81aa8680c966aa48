import type { DefineCommand } from "../command.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { exec } from "./exec.ts";

/** `dunnage exec`. */
export const execCommand: DefineCommand = (command, context) => {
  const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];
  command
    .description("Runs an additional process in a container. The exit status is that of the process.")
    .argument("<id>", "the container")
    .argument("<command...>", "program and arguments")
    .option("-d, --detach", "print the id once the process runs, and exit; its output is discarded")
    .option("-i, --interactive", "pass on our standard input")
    .option("-t, --tty", "give the process a terminal")
    .option("-u, --user <uid[:gid]>", "user and group ids (default: the container's)")
    .option("-e, --env <name=value>", "set a variable; may be repeated", collect, [])
    .option("-w, --cwd <dir>", "working directory (default: the container's)")
    .option(...rootOption)
    .option(...namespaceOption)
    .option("--json", "with --detach: print JSON")
    .passThroughOptions()
    .action((id, args, options) => exec({ id, args }, options, context));
};
