import type { CommandContext, DefineCommand } from "../command.ts";
import { defaultConfigPath } from "../containerd/containerd-config.ts";
import { printResult } from "../output.ts";
import { examine, type Section } from "./examine.ts";
import { hostSurroundings } from "./surroundings.ts";

const description = `Checks the host: kernel, cgroups, runtimes, configuration, containerd, permissions, left-overs. Changes nothing.
Each problem comes with its remedy. The exit status is 1 if something does not work.`;

/** `dunnage doctor`. */
export const doctor: DefineCommand = (command, context) => {
  command
    .description(description)
    .option("--config <path>", "containerd's configuration", defaultConfigPath)
    .option("--json", "print the findings as JSON")
    .action((options) => run(options, context));
};

interface DoctorOptions {
  readonly config: string;
  readonly json?: true | undefined;
}

async function run({ config, json }: DoctorOptions, context: CommandContext): Promise<void> {
  const sections = await examine(hostSurroundings(context, config));
  const levels = sections.flatMap(({ findings }) => findings.map(({ level }) => level));
  const count = (level: string): number => levels.filter((other) => other === level).length;
  const summary = { failures: count("failure"), warnings: count("warning") };
  const end = `${summary.failures} failure(s), ${summary.warnings} warning(s)`;
  printResult(context.stdout, {
    json,
    value: { ...summary, sections },
    text: `${sections.map(format).join("\n")}\n${end}`,
  });
  if (summary.failures > 0) context.exitStatus = 1;
}

const marks = { ok: "ok", warning: "WARNING", failure: "FAILURE" } as const;

function format({ area, findings }: Section): string {
  const lines = findings.map(({ level, subject, message, remedy }) => {
    const line = `  ${marks[level].padEnd(8)} ${subject}: ${message}`;
    return remedy === undefined ? line : `${line}\n           -> ${remedy}`;
  });
  return `${area}\n${lines.join("\n")}\n`;
}
