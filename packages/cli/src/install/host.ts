import { type Config, configPath } from "@dunnage/core/internal";
import type { CommandContext } from "../command.ts";
import { type ContainerdConfig, defaultConfigPath, readContainerdConfig } from "../containerd/containerd-config.ts";
import {
  type ContainerdProcess,
  type ContainerdProgram,
  findExecutable,
  findProcess,
  readVersion,
  shimSearchPath,
} from "../containerd/containerd-program.ts";
import { readConfig } from "../read-config.ts";
import { type Installation, readInstallation } from "./launchers.ts";

/** What `install` and `uninstall` need to know about the host. */
export interface Host {
  readonly installation: Installation;
  /** Dunnage's configuration. */
  readonly config: Config;
  readonly containerd: ContainerdConfig;
  /** Undefined: not found. */
  readonly program: ContainerdProgram | undefined;
  /** The containerd that runs with that configuration; undefined: there is none. */
  readonly process: ContainerdProcess | undefined;
  /** Where containerd looks for launchers. */
  readonly searchPath: string;
}

/**
 * Reads what has to be known about the host.
 * @param path path of containerd's configuration. Default: `/etc/containerd/config.toml`.
 * @throws {ConfigError | StatusError} a configuration is not valid, or there is no installation.
 */
export async function readHost({ env, libDir }: CommandContext, path = defaultConfigPath): Promise<Host> {
  const process = findProcess(path);
  const file = process?.path ?? findExecutable("containerd", env["PATH"] ?? "");
  const program = file === undefined ? undefined : await readVersion(file);
  return {
    installation: readInstallation(libDir),
    config: await readConfig(configPath(env), libDir),
    containerd: readContainerdConfig(path, program),
    program,
    process,
    searchPath: shimSearchPath(process, file),
  };
}
