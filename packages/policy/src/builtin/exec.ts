import type { Plugin } from "@dunnage/core";
import * as v from "valibot";
import { findForeignDirectory, findForeignVariable, isAnything, isMatch, standardPath, toCommand } from "./command.ts";
import { part, texts } from "./spec.ts";

const isProgram = (pattern = ""): boolean => !/^(\.|[^/*?]+\/)/.test(pattern);

const command = v.pipe(
  v.array(v.string()),
  v.minLength(1, "must name a program"),
  v.check(([program]) => isProgram(program), "must name a program by an absolute path or without a slash"),
);

const schema = v.strictObject({
  /**
   * Commands that may be run. Each is a list of patterns for its arguments, in order (`*`: any text, `?`: one
   * character). A final "**" stands for any further arguments. List every probe: Kubernetes discards the error of a
   * refused one.
   */
  allow: v.array(command),
  /** Directories that PATH may contain if a command is allowed by a name without a slash. */
  path: v.optional(v.array(v.pipe(v.string(), v.startsWith("/", "must be an absolute path"))), standardPath),
  /**
   * Names of the only variables that a command may have; `*` and `?` work as in file name patterns. Undefined: all
   * except those that make loaders and interpreters run other code, such as LD_PRELOAD.
   */
  allow_env: v.optional(v.array(v.string())),
  deny_terminal: v.optional(v.boolean(), false),
  deny_root: v.optional(v.boolean(), false),
});

type Config = v.InferOutput<typeof schema>;

/** Allows only listed commands to be executed in running containers. */
const plugin: Plugin<Config> = {
  name: "exec",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preExec: {
      phase: "validate",
      handler: ({ process }, { config, deny }) => {
        const [rule, reason] = judge(part(process), config) ?? [];
        if (rule !== undefined && reason !== undefined) deny(reason, { rule });
        if (config.deny_terminal && process.terminal) deny("no terminal may be opened", { rule: "deny_terminal" });
        const { uid = 0 } = part((process as { user?: unknown }).user);
        if (config.deny_root && Number(uid) === 0) deny("nothing may be executed as root", { rule: "deny_root" });
      },
    },
  },
};

export default plugin;

/**
 * Returns the rule and the reason for refusing a command; undefined: it is allowed. The program that PATH leads to must
 * be the one that the pattern names, and no code may come from the environment.
 */
function judge(
  process: Readonly<Record<string, unknown>>,
  { allow, path, allow_env }: Config,
): [string, string] | undefined {
  const command = toCommand(process);
  const matching = allow.filter((patterns) => isMatch(command, patterns));
  if (matching.length === 0) {
    const [program = ""] = texts(process["args"]);
    return ["allow", `command ${JSON.stringify(program)} is not among those that may be executed`];
  }
  if (matching.some(isAnything)) return undefined;
  const variable = findForeignVariable(process, allow_env);
  if (variable !== undefined) return ["allow_env", `variable ${variable} may run other code than the command's`];
  const directory = findForeignDirectory(process, command[0], path);
  return directory === undefined
    ? undefined
    : ["path", `PATH has ${JSON.stringify(directory)}, where the client's program may be`];
}
