import { readFileSync } from "node:fs";
import { parse, TomlError } from "smol-toml";
import { suggestion } from "../../errors/nearest.ts";
import { trustedPath } from "../../hooks/loader/trusted-file.ts";
import { ConfigError } from "./config-error.ts";
import { checkFile, type FileConfig, keysOf, type Problem } from "./config-schema.ts";
import { lineOf } from "./toml-lines.ts";

/** One file of the configuration. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly config: FileConfig;
}

/** Reads and checks one file. @throws {ConfigError} with every problem in it. */
export function readConfigFile(path: string): ConfigFile {
  const text = readTrusted(path);
  const result = checkFile(parseToml(path, text));
  if ("config" in result) return { path, text, config: result.config };
  const problems = result.problems.map((problem) => ({ problem, line: lineOf(text, problem.path) }));
  problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
  throw new ConfigError(
    problems.map(({ problem, line }) => describe(problem, line === undefined ? path : `${path}:${line}`)),
  );
}

function readTrusted(path: string): string {
  try {
    return readFileSync(trustedPath(path), "utf8");
  } catch (cause) {
    throw new ConfigError([`${path}: ${(cause as Error).message}`], { cause });
  }
}

function parseToml(path: string, text: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw new ConfigError([`${path}: ${(cause as Error).message}`], { cause });
    const [why = ""] = cause.message.split("\n");
    throw new ConfigError([`${path}:${cause.line}:${cause.column}: ${why.replace("Invalid TOML document: ", "")}`], {
      cause,
    });
  }
}

/** One line: `/etc/dunnage/config.toml:7: unknown key `linge` in the top table; did you mean `linger`?` */
function describe({ path, kind, message }: Problem, where: string): string {
  const table = path.slice(0, -1);
  const key = String(path.at(-1) ?? "");
  switch (kind) {
    case "unknown":
      return `${where}: unknown key \`${key}\` in ${tableText(table)}${suggestion(key, keysOf(table))}`;
    case "missing":
      return `${where}: key \`${key}\` is missing in ${tableText(table)}`;
    case "wrong":
      return path.length === 0 ? `${where}: ${message}` : `${where}: \`${keyText(path)}\` ${message}`;
  }
}

function tableText(path: Problem["path"]): string {
  if (path.length === 0) return "the top table";
  return typeof path.at(-1) === "number" ? `[[${keyText(path)}]]` : `[${keyText(path)}]`;
}

function keyText(path: Problem["path"]): string {
  return path.filter((step) => typeof step === "string").join(".");
}

/** Returns `FILE:LINE` of a key. Array elements are numbers. */
export function placeOf({ path, text }: ConfigFile, key: Problem["path"]): string {
  return `${path}:${lineOf(text, key)}`;
}
