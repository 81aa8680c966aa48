import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../..");

/** A runsc version that Debian packages. */
export interface RunscVersion {
  readonly name: string;
  readonly binary: string;
  readonly platform: "ptrace" | "systrap";
}

/** Debian 12's version, which is installed. */
export const oldestRunsc: RunscVersion = { name: "2022, ptrace", binary: "/usr/bin/runsc", platform: "ptrace" };

/** Debian 13's version, which `make test-setup` unpacks. */
const newestRunsc: RunscVersion = {
  name: "2024, systrap",
  binary: join(repository, ".cache/runsc/2024/usr/bin/runsc"),
  platform: "systrap",
};

/** `DUNNAGE_TEST_RUNTIMES=newest`, as in `make test`, leaves the older versions to the matrix. */
export const runscVersions: readonly RunscVersion[] =
  process.env["DUNNAGE_TEST_RUNTIMES"] === "newest" ? [newestRunsc] : [oldestRunsc, newestRunsc];

/** containerd's name for the runtime. */
export const runscRuntime = "io.containerd.dunnage-runsc.v1";

/**
 * Returns the tables of the shim's configuration for one version. On newer kernels these versions cannot have their own
 * network.
 */
export function toRunscTables({ binary, platform }: RunscVersion): string {
  return `[runtimes.runsc]
binary = "${binary}"
[runtimes.runsc.config]
platform = "${platform}"
network = "none"
`;
}

/** Returns the names of the files that runsc keeps for a namespace's containers; `[]` if there are none. */
export function runscState(namespace: string): readonly string[] {
  const root = join("/run/containerd/runsc", namespace);
  return existsSync(root) ? readdirSync(root) : [];
}
