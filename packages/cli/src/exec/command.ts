import type { DefineCommand } from "../command.ts";
import { namespaceOption, rootOption } from "../containers/options.ts";
import { exec } from "./exec.ts";

/** `dunnage exec`. */
export const execCommand: DefineCommand = (command, context) => {
  const collect = (value: string, values: readonly string[]): readonly string[] => [...values, value];
  command
    .description("Runs one more process in a container. The exit status is its own.")
    .argument("<id>", "the container")
    .argument("<command...>", "program and arguments")
    .option("-d, --detach", "print its id once it runs, and leave it alone; its output goes nowhere")
    .option("-i, --interactive", "give it our standard input")
    .option("-t, --tty", "give it a terminal")
    .option("-u, --user <uid[:gid]>", "numbers (default: the container's)")
    .option("-e, --env <name=value>", "set a variable; may be repeated", collect, [])
    .option("-w, --cwd <dir>", "working directory (default: the container's)")
    .option(...rootOption)
    .option(...namespaceOption)
    .option("--json", "with --detach: print JSON")
    .passThroughOptions()
    .action((id, args, options) => exec({ id, args }, options, context));
};
