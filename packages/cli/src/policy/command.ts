import { basename, resolve } from "node:path";
import { type Config, configPath, defaultConfig } from "@dunnage/core/internal";
import type { CommandContext, DefineCommand } from "../command.ts";
import { printResult } from "../output.ts";
import { readConfig } from "../read-config.ts";
import { explain } from "./explain.ts";
import { formatReport } from "./report.ts";
import { testPolicies } from "./test-policies.ts";

/** `dunnage policy`. */
export const policyCommand: DefineCommand = (command, context) => {
  command.description("Tests the policies of this host, and explains what they decided.");
  defineTest(command.command("test"), context);
  defineExplain(command.command("explain"), context);
};

const testDescription = `Judges requests by the hooks of the configuration, as a daemon does, and compares the verdicts with the expected ones.
The exit status is 1 if a verdict differs.
A case is a JSON file, recorded by a daemon ([audit] record) or written by hand:
  { "event": { "stage": "preExec", "process": { "args": ["sh"] } },
    "expect": { "decision": "deny", "message": "sh" } }`;

type Subcommand = Parameters<DefineCommand>[0];

function defineTest(command: Subcommand, context: CommandContext): void {
  command
    .summary("compare the verdicts on requests with the expected ones")
    .description(testDescription)
    .argument("<path...>", "files of cases, or directories of them")
    .option("--config <path>", "Dunnage's configuration", configPath(context.env))
    .option("--policy <path>", "test this policy file alone, without the configuration")
    .option("--enforce", "treat plugins in audit mode as enforced")
    .option("--json", "print JSON")
    .action(async (paths, { config: path, policy, enforce, json }) => {
      const config = policy === undefined ? await readConfig(path, context.libDir) : alone(resolve(policy));
      const report = await testPolicies(paths, config, { context, enforce });
      printResult(context.stdout, { json, value: report, text: formatReport(report) });
      if (report.drifted > 0) context.exitStatus = 1;
    });
}

function alone(file: string): Config {
  return { ...defaultConfig, plugins: [{ name: basename(file, ".toml"), use: `policy:${file}` }] };
}

function defineExplain(command: Subcommand, context: CommandContext): void {
  command
    .summary("print what the audit log has about a decision")
    .description("Looks up the event id of a client's error in the audit log, and prints what happened and why.")
    .argument("<event-id>", "26 characters, after `id=` in the client's error")
    .option("--config <path>", "Dunnage's configuration", configPath(context.env))
    .option("--log <path>", "the audit log; default: that of the configuration")
    .option("--json", "print JSON")
    .action(async (id, { config: path, log, json }) => {
      const config = await readConfig(path, context.libDir);
      const { value, text } = explain(id, config, log);
      printResult(context.stdout, { json, value, text });
    });
}
