import { mkdirSync, writeFileSync } from "node:fs";
import type { ExecutionContext } from "ava";
import { type ConfigPaths, loadConfig } from "../../src/bootstrap/config/config.ts";
import { ConfigError } from "../../src/bootstrap/config/config-error.ts";
import { TempDir } from "./temp-dir.ts";

/** Writes `config.toml` and drop-ins; names without a slash go to `conf.d`. */
export function writeConfig(
  t: ExecutionContext,
  main: string | undefined,
  dropIns: Readonly<Record<string, string>> = {},
) {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  const path = dir.join("config.toml");
  if (main !== undefined) writeFileSync(path, main, { mode: 0o644 });
  mkdirSync(dir.join("conf.d"));
  for (const [name, text] of Object.entries(dropIns)) writeFileSync(dir.join("conf.d", name), text, { mode: 0o644 });
  return { dir, path, load: (paths: ConfigPaths = {}) => loadConfig({ path, ...paths }) };
}

/** Returns the problems, without the path of the directory. */
export async function problemsOf(t: ExecutionContext, main: string, dropIns: Readonly<Record<string, string>> = {}) {
  const { dir, load } = writeConfig(t, main, dropIns);
  const error = await t.throwsAsync(load(), { instanceOf: ConfigError });
  return error.problems.map((problem) => problem.replaceAll(`${dir.path}/`, ""));
}
