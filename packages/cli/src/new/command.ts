import { resolve } from "node:path";
import type { CommandContext, DefineCommand } from "../command.ts";
import { printResult } from "../output.ts";
import { type ProjectKind, writeProject } from "./project.ts";

const description = `Writes a project in TypeScript, with its tests, into the directory NAME: a plugin that is a runtime, which runs
containers at once, or one that has hooks. Then: npm install && npm test.`;

/** `dunnage new`. */
export const newCommand: DefineCommand = (command, context) => {
  command.description(description);
  for (const kind of ["runtime", "hook"] as const) {
    command
      .command(kind)
      .description(kind === "runtime" ? "a runtime over a runc-like command" : "hooks around what containers do")
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
