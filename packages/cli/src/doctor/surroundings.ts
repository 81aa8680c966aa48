import { configPath, defaultRuntimeDir } from "@dunnage/core/internal";
import type { CommandContext } from "../command.ts";

/** The places that the checks look at. */
export interface Surroundings {
  /** Where procfs is mounted. */
  readonly proc: string;
  /** Where cgroups are mounted. */
  readonly cgroup: string;
  /** Directory in which daemons keep what is not in bundles. */
  readonly runtimeDir: string;
  /** Dunnage's configuration. */
  readonly config: string;
  /** containerd's configuration. */
  readonly containerdConfig: string;
  /** Directory of the installation. */
  readonly libDir: string;
  /** Search path of the user. */
  readonly searchPath: string;
}

/** Returns the places of this host. */
export function hostSurroundings({ env, libDir }: CommandContext, containerdConfig: string): Surroundings {
  return {
    proc: "/proc",
    cgroup: "/sys/fs/cgroup",
    runtimeDir: defaultRuntimeDir(env),
    config: configPath(env),
    containerdConfig,
    libDir,
    searchPath: env["PATH"] ?? "",
  };
}
