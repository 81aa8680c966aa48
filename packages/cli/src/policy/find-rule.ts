import { existsSync, readFileSync } from "node:fs";
import { type Config, lineOf } from "@dunnage/core/internal";
import { parse } from "smol-toml";

/** The place of a plugin in the configuration, and of its rule, if that can be determined. */
export interface RulePlace {
  /** `FILE:LINE` */
  readonly plugin: string;
  readonly use: string;
  readonly rule?: string;
}

/** Finds the plugin of this name in the configuration; undefined: it is no longer in it. */
export function findRule(config: Config, name: string, rule: string | undefined): RulePlace | undefined {
  for (const file of config.files) {
    const text = readFileSync(file, "utf8");
    const i = tablesOf(text, "plugin").findIndex((table) => table["name"] === name);
    if (i < 0) continue;
    const use = config.plugins.find((plugin) => plugin.name === name)?.use ?? "";
    const at = `${file}:${lineOf(text, ["plugin", i, "name"])}`;
    const ruleAt = rule === undefined ? undefined : placeOf({ use, rule, file, text, i });
    return { plugin: at, use, ...(ruleAt === undefined ? {} : { rule: ruleAt }) };
  }
  return undefined;
}

interface Place {
  readonly use: string;
  readonly rule: string;
  readonly file: string;
  readonly text: string;
  readonly i: number;
}

/**
 * Returns the place of a rule. In a policy file it is the validation, condition or mutation of that name; for a
 * ready-made policy it is the key of its configuration.
 */
function placeOf({ use, rule, file, text, i }: Place): string | undefined {
  if (use.startsWith("policy:")) return placeInPolicy(use.slice("policy:".length), rule);
  const config = tablesOf(text, "plugin")[i]?.["config"];
  const isKey = typeof config === "object" && config !== null && Object.hasOwn(config, rule);
  return isKey ? `${file}:${lineOf(text, ["plugin", i, "config", rule])}` : undefined;
}

function placeInPolicy(file: string, rule: string): string | undefined {
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, "utf8");
  for (const list of ["validations", "matchConditions", "mutations"]) {
    const i = tablesOf(text, list).findIndex((table) => table["name"] === rule);
    if (i >= 0) return `${file}:${lineOf(text, [list, i, "name"])}`;
  }
  return undefined;
}

function tablesOf(text: string, key: string): readonly Readonly<Record<string, unknown>>[] {
  const tables = parse(text)[key];
  return Array.isArray(tables) ? (tables as Readonly<Record<string, unknown>>[]) : [];
}
