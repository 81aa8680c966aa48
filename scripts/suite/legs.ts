import { globSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Test files of one directory that run in one environment. */
export interface Leg {
  /** A package's directory, or the name of the platform on which the end-to-end tests run. */
  readonly name: string;
  /** Directory in which ava runs, relative to the root; "." has the end-to-end tests. */
  readonly dir: string;
  /** Relative to `dir`. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it runs in the VM, which has only cgroup v2. */
  readonly isInVm: boolean;
}

/** The part of a run that is one process of ava. */
export interface Unit {
  readonly leg: Leg;
  /** Whether nothing else may run at the same time. */
  readonly isAlone: boolean;
  /** Number of processors that it can use: 2 if ava runs several files at a time. */
  readonly processors: number;
}

/** Platforms of the end-to-end tests, in this order, with the name of the leg. `isMatrix`: not part of `make test`. */
export const platforms = {
  /** Tests that do not depend on containerd's version: the command line, bad input, examples, this suite itself. */
  any: { name: "any containerd", isMatrix: false },
  /** The newest containerd: every feature, once. */
  "2.1": { name: "containerd 2.1", isMatrix: false },
  /** Stats, OOM, update and pause in a virtual machine that has only cgroup v2. */
  "cgroup-v2": { name: "cgroup v2", isMatrix: true },
  /**
   * The oldest containerd: Task API v2, the plain-text response of `start`, the events and errors that clients match.
   */
  "1.6": { name: "containerd 1.6", isMatrix: true },
  /**
   * The containerd in between: its client closes the streams at the exit event, and it passes options in its own form.
   */
  "1.7": { name: "containerd 1.7", isMatrix: true },
} as const;

export type Platform = keyof typeof platforms;

/**
 * Tests for which containerd's version makes no difference: at most it receives their events, or there is no
 * containerd. They run once.
 */
const onAny = [
  "test/bad-*.test.ts",
  "test/bootstrap-2.3.test.ts",
  "test/checkpoint-crun.test.ts",
  "test/cli-*.test.ts",
  "test/docs.test.ts",
  "test/examples/{contract,policies,size}.test.ts",
  "test/grouping-config.test.ts",
  "test/hanging-calls.test.ts",
  "test/new.test.ts",
  "test/reaping.test.ts",
  "test/rootfs.test.ts",
  "test/scripts/**/*.test.ts",
];

/**
 * Tests of what the daemon decides by itself once a call has arrived: plugins, policies, failures, held output, details
 * of gVisor. The newest containerd is enough. Other files test how each containerd passes calls, options and pods to
 * hooks; they run on every containerd.
 */
const onNewest = [
  "test/broken-runtime.test.ts",
  "test/failures.test.ts",
  "test/held-output.test.ts",
  "test/hook-isolation.test.ts",
  "test/plugins.test.ts",
  "test/policy-detours.test.ts",
  "test/policy-recording.test.ts",
  "test/policy.test.ts",
  "test/replaced-parts.test.ts",
  "test/runsc.test.ts",
  "test/security.test.ts",
];

/** Tests of runtimes other than runc, and of random kills: the oldest and the newest containerd are enough. */
const notOn17 = [
  "test/cri-runsc.test.ts",
  "test/examples/runtime-*.test.ts",
  "test/hook-kills.test.ts",
  "test/smoke.test.ts",
];

/** Files that disturb other tests or are disturbed by them: CRIU walks the cgroups of the host. */
const alone = ["test/checkpoint-crun.test.ts", "test/checkpoint.test.ts"];

/** These run on an older version of a runtime alone. Other files read `DUNNAGE_TEST_RUNTIMES`. */
const onOlderRuntimes = ["packages/runtime-runsc/test/contract-ptrace.test.ts"];

/** A package with more test files than this runs as one process of ava, two files at a time. */
const manyFiles = 10;

/** The files that take longest start first, so that none of them runs last. */
const longest: readonly string[] = [
  "packages/runtime-runsc/test/contract-ptrace.test.ts",
  "test/many.test.ts",
  "test/new.test.ts",
  "test/cri.test.ts",
  "packages/runtime-runsc/test/contract-systrap.test.ts",
  "test/cli-recovery.test.ts",
  "test/grouping-config.test.ts",
  "test/smoke.test.ts",
  "test/cli-run.test.ts",
  "test/bad-hooks.test.ts",
  "test/task-table.test.ts",
  "test/hanging-calls.test.ts",
];

/** Tests that depend on the cgroup version. Only these, since the VM is about ten times slower than the host. */
const onCgroupV2 = [
  "packages/core/test/cgroups/oom.test.ts",
  "test/metrics.test.ts",
  "test/oom.test.ts",
  "test/pause.test.ts",
];

/** The request for a run. */
export interface Wanted {
  /** Paths; empty = all files. */
  readonly files: readonly string[];
  /**
   * If empty: for named files the newest containerd; otherwise the platforms according to `isMatrix`, and all packages.
   */
  readonly on: readonly Platform[];
  /** Whether to run on every platform, and not only on those of `make test`. */
  readonly isMatrix: boolean;
}

/** Returns the legs of a run: packages, examples, then the end-to-end tests on one platform after the other. */
export function toLegs({ files, on, isMatrix }: Wanted): readonly Leg[] {
  const asked = files.map((path) => relative(root, resolve(path)));
  const isFull = asked.length === 0 && on.length === 0;
  const all = (Object.keys(platforms) as Platform[]).filter((each) => isMatrix || !platforms[each].isMatrix);
  const named: readonly Platform[] = on.length > 0 ? on : ["2.1"];
  const packages = isFull || asked.length > 0 ? packageDirs().map((dir) => toPackageLeg(dir, asked)) : [];
  const endToEnd = (isFull ? all : named).map((each) => toPlatformLeg(each, asked));
  const legs = isFull && !isMatrix ? [...packages, ...endToEnd].map(withNewestRuntimes) : [...packages, ...endToEnd];
  return legs.filter((leg) => leg.files.length > 0);
}

/** Returns a leg without the older versions of crun and runsc: those are part of the matrix. */
function withNewestRuntimes(leg: Leg): Leg {
  const files = leg.files.filter((file) => !onOlderRuntimes.includes(join(leg.dir, file)));
  return { ...leg, files, env: { ...leg.env, DUNNAGE_TEST_RUNTIMES: "newest" } };
}

/**
 * Splits legs into units, one process each. The many small files of a package form one unit, because ava runs them side
 * by side at less cost. Any other file is its own unit. Packages with many files come first, files that must run alone
 * last.
 */
export function toUnits(legs: readonly Leg[]): readonly Unit[] {
  const units = legs.flatMap((leg): readonly Unit[] => {
    if (leg.dir !== "." && leg.files.length > manyFiles) return [{ leg, isAlone: false, processors: 2 }];
    if (leg.isInVm) return [{ leg, isAlone: true, processors: 1 }]; // it is ten times slower anyway
    return leg.files.map((file) => ({
      leg: { ...leg, files: [file] },
      isAlone: leg.dir === "." && alone.includes(file),
      processors: 1,
    }));
  });
  return units.toSorted((a, b) => rankOf(a) - rankOf(b));
}

/** Ranks packages with many files first, the largest before the others, then the longest files; those alone are last. */
function rankOf({ leg: { dir, files }, isAlone }: Unit): number {
  const [file = ""] = files;
  if (isAlone) return longest.length + 1;
  if (files.length > 1) return -files.length;
  const rank = longest.indexOf(join(dir, file));
  return rank === -1 ? longest.length : rank;
}

function packageDirs(): string[] {
  const dirs = find("packages/*/package.json", "examples/*/package.json").map(dirname);
  return dirs.sort((a, b) => Number(a.startsWith("examples")) - Number(b.startsWith("examples")) || a.localeCompare(b));
}

function toPackageLeg(dir: string, asked: readonly string[]): Leg {
  const files = select(find(`${dir}/test/**/*.test.ts`), asked).map((file) => relative(dir, file));
  return { name: dir, dir, files, env: {}, isInVm: false };
}

function toPlatformLeg(platform: Platform, asked: readonly string[]): Leg {
  const isInVm = platform === "cgroup-v2";
  const files = asked.length > 0 ? select(askable(platform), asked) : filesOf(platform);
  const env: Record<string, string> = isInVm || platform === "any" ? {} : { DUNNAGE_TEST_CONTAINERD: platform };
  return { name: platforms[platform].name, dir: ".", files, env, isInVm };
}

/** Returns the files that may be named for a platform: all end-to-end tests; in the VM also those of packages. */
function askable(platform: Platform): string[] {
  return find("test/**/*.test.ts", ...(platform === "cgroup-v2" ? ["packages/*/test/**/*.test.ts"] : []));
}

function filesOf(platform: Platform): readonly string[] {
  if (platform === "cgroup-v2") return onCgroupV2;
  if (platform === "any") return find(...onAny);
  const others = new Set(
    find(...onAny, ...(platform === "2.1" ? [] : onNewest), ...(platform === "1.7" ? notOn17 : [])),
  );
  return find("test/**/*.test.ts").filter((file) => !others.has(file));
}

function select(files: readonly string[], asked: readonly string[]): readonly string[] {
  return asked.length === 0 ? files : files.filter((file) => asked.includes(file));
}

function find(...patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root }).sort();
}

/** Returns the path of a leg's directory. */
export function directoryOf(leg: Leg): string {
  return join(root, leg.dir);
}
