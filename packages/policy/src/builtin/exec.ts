import type { Plugin } from "@dunnage/core";
import * as v from "valibot";
import { glob } from "../cel/functions.ts";
import { part, texts } from "./spec.ts";

const schema = v.strictObject({
  /**
   * Commands that may be run, each a list of patterns for its arguments in order (`*` any text, `?` one character). A last
   * "**" stands for any further arguments. Name every probe: Kubernetes throws the error of a refused one away.
   */
  allow: v.array(v.pipe(v.array(v.string()), v.minLength(1, "must name a program"))),
  deny_terminal: v.optional(v.boolean(), false),
  deny_root: v.optional(v.boolean(), false),
});

type Config = v.InferOutput<typeof schema>;

/** Lets only known commands be executed in running containers. */
const plugin: Plugin<Config> = {
  name: "exec",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preExec: {
      phase: "validate",
      handler: ({ process }, { config, deny }) => {
        const args = texts(process.args);
        if (!config.allow.some((patterns) => isMatch(args, patterns))) {
          deny(`command ${JSON.stringify(args[0] ?? "")} is not among those that may be executed`, { rule: "allow" });
        }
        if (config.deny_terminal && process.terminal) deny("no terminal may be opened", { rule: "deny_terminal" });
        const { uid = 0 } = part((process as { user?: unknown }).user);
        if (config.deny_root && Number(uid) === 0) deny("nothing may be executed as root", { rule: "deny_root" });
      },
    },
  },
};

export default plugin;

/** Argument by argument: a joined text would let `probe; sh` pass for `probe`. */
function isMatch(args: readonly string[], patterns: readonly string[]): boolean {
  const isOpen = patterns.at(-1) === "**";
  const fixed = isOpen ? patterns.slice(0, -1) : patterns;
  if (isOpen ? args.length < fixed.length : args.length !== fixed.length) return false;
  return fixed.every((pattern, i) => glob(args[i] ?? "", pattern));
}
