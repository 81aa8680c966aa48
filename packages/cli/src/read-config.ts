import { dirname } from "node:path";
import { type Config, loadConfig } from "@dunnage/core/internal";

/**
 * Reads the configuration at `path` as a daemon does, which also looks for packages in its installation.
 * @throws {ConfigError} it is not valid.
 */
export function readConfig(path: string, libDir: string): Promise<Config> {
  return loadConfig({ path, packageRoots: [dirname(path), libDir] });
}
