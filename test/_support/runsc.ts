import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "../..");

/** A runsc that Debian packages. */
export interface RunscVersion {
  readonly name: string;
  readonly binary: string;
  readonly platform: "ptrace" | "systrap";
}

/** Debian 12's is installed; Debian 13's `make test-setup` has unpacked. */
export const runscVersions: readonly RunscVersion[] = [
  { name: "2022, ptrace", binary: "/usr/bin/runsc", platform: "ptrace" },
  { name: "2024, systrap", binary: join(repository, ".cache/runsc/2024/usr/bin/runsc"), platform: "systrap" },
];

/** What containerd calls the runtime. */
export const runscRuntime = "io.containerd.dunnage-runsc.v1";

/** The tables of the shim's configuration for one version. Newer kernels leave these versions no network of their own. */
export function toRunscTables({ binary, platform }: RunscVersion): string {
  return `[runtimes.runsc]
binary = "${binary}"
[runtimes.runsc.config]
platform = "${platform}"
network = "none"
`;
}

/** What runsc keeps of the containers of a namespace: names of files; none is `[]`. */
export function runscState(namespace: string): readonly string[] {
  const root = join("/run/containerd/runsc", namespace);
  return existsSync(root) ? readdirSync(root) : [];
}
