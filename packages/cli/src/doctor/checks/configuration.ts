import { suggestion } from "@dunnage/core";
import { type Config, ConfigError, findPluginFile, isPluginUse } from "@dunnage/core/internal";
import { readInstallation } from "../../install/launchers.ts";
import { readConfig } from "../../read-config.ts";
import { type Finding, failure, ok } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

/** Checks Dunnage's own configuration, and the files that it names. */
export async function checkConfiguration({ config: path, libDir }: Surroundings): Promise<Finding[]> {
  let config: Config;
  try {
    config = await readConfig(path, libDir);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) =>
      failure("configuration", problem, "fix it; docs/configuration.md has every key"),
    );
  }
  const files = config.files.length === 0 ? `${path} is missing: all defaults` : config.files.join(", ");
  const { runtimes } = readInstallation(libDir);
  return [ok("configuration", files), ...checkModules(config), ...checkBuiltins(config, runtimes)];
}

function checkModules(config: Config): Finding[] {
  const named = [
    ...config.plugins.map(({ name, use }) => ({ subject: `plugin ${name}`, use })),
    ...Object.entries(config.runtimes).map(([name, { use }]) => ({ subject: `runtime ${name}`, use })),
  ];
  return named.flatMap(({ subject, use }) => {
    if (!isPluginUse(use)) return [];
    try {
      return ok(subject, findPluginFile(use, config.packageRoots));
    } catch (error) {
      const remedy = use.startsWith("package:")
        ? "install the package, owned by root and writable by root alone"
        : "put the file there, owned by root and writable by root alone";
      return failure(subject, `${use.slice(use.indexOf(":") + 1)}: ${(error as Error).message}`, remedy);
    }
  });
}

function checkBuiltins(config: Config, known: readonly string[]): Finding[] {
  return Object.entries(config.runtimes).flatMap(([name, { use }]) => {
    const builtin = use.startsWith("builtin:") ? use.slice("builtin:".length) : undefined;
    if (builtin === undefined || known.includes(builtin)) return [];
    const message = `no adapter ${builtin} in this installation${suggestion(builtin, known)}`;
    return failure(
      `runtime ${name}`,
      message,
      `use = "builtin:NAME" with one of ${known.join(", ")}, or "module:/path", "package:NAME"`,
    );
  });
}
