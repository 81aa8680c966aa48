import { lastError, type OciDialect, runcCreateArgs } from "@dunnage/core";

/**
 * runc's command line. Needs runc 1.0 or newer.
 * @see https://github.com/opencontainers/runc/tree/main/man
 */
export const runcDialect: OciDialect = {
  name: "runc",
  defaultBinary: "runc",
  // The root of containerd-shim-runc-v2, so that tools that look for its containers find ours:
  // `runc --root /run/containerd/runc/<namespace> list`.
  defaultRoot: "/run/containerd/runc",
  createArgs: runcCreateArgs,
  errorText: lastError,
  isAbsent: (text) => /container (".*" )?does not exist/.test(text),
  isStopped: (text) => /container not running|process already finished|no such process/i.test(text),
  parsePids,
  criu: {
    restoreArgs: ({ noPivotRoot }) => ["--no-subreaper", ...(noPivotRoot ? ["--no-pivot"] : [])],
    hasEmptyNamespaces: true,
  },
};

/** Parses `ps --format=json`: an array of host pids, `null` for a stopped container. */
function parsePids(stdout: string): number[] {
  const pids: unknown = JSON.parse(stdout);
  if (pids === null) return [];
  if (Array.isArray(pids) && pids.every((pid) => Number.isInteger(pid) && pid > 0)) return pids;
  throw new TypeError(`no list of pids: ${stdout.slice(0, 100)}`);
}
