import { resolve } from "node:path";
import type { CommandContext, DefineCommand } from "../command.ts";
import { printResult } from "../output.ts";
import { type ProjectKind, writeProject } from "./project.ts";

const description = `Creates a TypeScript project with its tests in the directory NAME.
The project is a plugin with a runtime or with hooks. It works unchanged: npm install && npm test.`;

/** `dunnage new`. */
export const newCommand: DefineCommand = (command, context) => {
  command.description(description);
  for (const kind of ["runtime", "hook"] as const) {
    command
      .command(kind)
      .summary(kind === "runtime" ? "a runtime for a command line like runc's" : "a plugin with hooks")
      .description(
        kind === "runtime" ? "Creates a runtime for a command line like runc's." : "Creates a plugin with hooks.",
      )
      .argument("<name>", "lower-case letters, digits, hyphens")
      .option("--dir <dir>", "the project's directory; default: NAME")
      .option("--json", "print the result as JSON")
      .action((name, options) => run({ kind, name }, options, context));
  }
};

interface NewOptions {
  readonly dir?: string | undefined;
  readonly json?: true | undefined;
}

interface Project {
  readonly kind: ProjectKind;
  readonly name: string;
}

function run({ kind, name }: Project, options: NewOptions, { libDir, stdout }: CommandContext): void {
  const dir = resolve(options.dir ?? name);
  const files = writeProject({ kind, name, dir, libDir });
  const text = [
    ...files.map((file) => `  ${file}`),
    `made ${dir}; next: cd ${options.dir ?? name} && npm install && npm test`,
  ];
  printResult(stdout, { json: options.json, value: { kind, name, dir, files }, text: text.join("\n") });
}
