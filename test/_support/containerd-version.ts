import { existsSync } from "node:fs";
import { join } from "node:path";

/** The lines of containerd that the tests support. All except the first are fetched by scripts/later-versions.sh. */
export const containerdVersions = ["1.6", "1.7", "2.1"] as const;

/** A line of containerd; 1.6 is the installed one. */
export type ContainerdVersion = (typeof containerdVersions)[number];

/** The line that tests run on unless they request another; set by `DUNNAGE_TEST_CONTAINERD`. */
export const versionUnderTest: ContainerdVersion = parseVersion(process.env["DUNNAGE_TEST_CONTAINERD"] || "1.6");

const cache = join(import.meta.dirname, "../../.cache/containerd");

/**
 * Returns the directories of a version's programs, which must come first on the search path; empty for the installed
 * version.
 * @throws {Error} if the programs were not fetched.
 */
export function programsOf(version: ContainerdVersion): readonly string[] {
  if (version === "1.6") return [];
  const dir = join(cache, version, "usr/bin");
  if (!existsSync(join(dir, "ctr"))) throw new Error(`containerd ${version} is missing: run \`make test-setup\``);
  return [dir];
}

/** Settings of a configuration file. */
export interface ContainerdConfig {
  /** containerd's directory, which holds its own files. */
  readonly dir: string;
  readonly address: string;
  /**
   * Tables of the CRI plugin in configuration version 2, which later lines convert. Default: the plugin is disabled.
   */
  readonly cri?: string | undefined;
}

/** Disabled because it would listen at an address of the host. */
const nri = "io.containerd.nri.v1.nri";
const criService = "io.containerd.grpc.v1.cri";

/** The plugins that make up CRI, by version. */
const criPlugins: Readonly<Record<ContainerdVersion, readonly string[]>> = {
  "1.6": [criService],
  "1.7": [criService],
  "2.1": [criService, "io.containerd.cri.v1.images", "io.containerd.cri.v1.runtime"],
};

/**
 * Timeouts that are 2 to 5 s by default. On a machine that is busy with other tests, containerd would kill a `delete`
 * halfway or consider a shim dead, and the test would show nothing else.
 */
const timeouts = ["shim.cleanup", "shim.load", "shim.shutdown", "task.state"]
  .map((name) => `  "io.containerd.timeout.${name}" = "60s"\n`)
  .join("");

/**
 * Returns a version's configuration.
 * @see https://github.com/containerd/containerd/blob/main/docs/man/containerd-config.toml.5.md
 */
export function formatConfig(version: ContainerdVersion, config: ContainerdConfig): string {
  const isWithCri = config.cri !== undefined;
  const disabled = isWithCri ? [nri] : [nri, ...criPlugins[version]];
  return `version = ${version === "2.1" && !isWithCri ? 3 : 2}
root = "${config.dir}/root"
state = "${config.dir}/state"
disabled_plugins = ${JSON.stringify(disabled)}
[grpc]
  address = "${config.address}"
[timeouts]
${timeouts}${config.cri ?? ""}`;
}

function parseVersion(name: string): ContainerdVersion {
  const version = containerdVersions.find((known) => known === name);
  if (version === undefined) throw new Error(`containerd ${name}: the tests know ${containerdVersions.join(", ")}`);
  return version;
}
