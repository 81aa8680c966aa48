import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const examples = join(import.meta.dirname, "../../examples");

/** Returns the folders of hook and policy examples that have a configuration, with or without code. */
export function listHookExamples(): string[] {
  const folders = readdirSync(examples).filter((name) => /^(?:hook|policy)-/.test(name));
  return folders.filter((name) => readdirSync(join(examples, name)).includes("config.toml")).sort();
}

/**
 * Installs the files of an example, with `dir/etc` for `/etc/dunnage`, and returns its configuration, which its README
 * installs as a drop-in.
 * @param secrets files that the example reads, by name.
 */
export function installExample(name: string, dir: string, secrets: Readonly<Record<string, string>> = {}): string {
  const etc = join(dir, "etc");
  const config = readFileSync(join(examples, name, "config.toml"), "utf8");
  for (const file of readdirSync(join(examples, name))) {
    if (/\.(?:json|toml)$/.test(file)) copyFileSync(join(examples, name, file), join(etc, file));
  }
  const code = /"module:\/etc\/dunnage\/(.*)"/.exec(config)?.[1];
  if (code !== undefined) {
    mkdirSync(dirname(join(etc, code)), { recursive: true });
    copyFileSync(join(examples, name, "index.ts"), join(etc, code));
  }
  mkdirSync(join(etc, "secrets"));
  for (const [key, value] of Object.entries(secrets)) writeFileSync(join(etc, "secrets", key), value, { mode: 0o600 });
  return config.replaceAll("/etc/dunnage", etc);
}
