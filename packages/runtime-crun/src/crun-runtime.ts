import { type LogRecord, lastError, type OciDialect, runcCreateArgs } from "@dunnage/core";

/**
 * crun's command line. Needs crun 1.8 or newer. There is no `parsePids`: the cgroup has the pids that `crun ps` lists
 * as well, and older versions of `crun ps` crash on a stopped container.
 * @see https://github.com/containers/crun/blob/main/crun.1.md
 */
export const crunDialect: OciDialect = {
  name: "crun",
  defaultBinary: "crun",
  defaultRoot: "/run/containerd/crun",
  createArgs: runcCreateArgs,
  errorText,
  isAbsent: (text) => /error opening file [`'].*\/status[`']: No such file|cannot open directory [`']/.test(text),
  isStopped: (text) => /No such process|container [`'].*[`'] is not running/.test(text),
  criu: {
    restoreArgs: () => [],
    hasEmptyNamespaces: false,
    isMissing: (text) => /unknown command (checkpoint|restore)|could not load `libcriu/.test(text),
  },
};

/** Remedies for errors of crun that name only the problem. */
const remedies: readonly (readonly [cause: RegExp, remedy: string])[] = [
  [
    /cgroups in hybrid mode not supported/,
    "mount each controller that /sys/fs/cgroup/unified/cgroup.controllers lists as cgroup v1, " +
      "for example: mkdir -p /sys/fs/cgroup/hugetlb && mount -t cgroup -o hugetlb cgroup /sys/fs/cgroup/hugetlb",
  ],
];

function errorText(records: readonly LogRecord[]): string | undefined {
  const text = lastError(records);
  const remedy = remedies.find(([cause]) => text !== undefined && cause.test(text))?.[1];
  return remedy === undefined ? text : `${text} (${remedy})`;
}
