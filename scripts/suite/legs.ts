import { globSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Test files of one directory under one set of circumstances. */
export interface Leg {
  /** A package's directory, or what the end-to-end tests run on. */
  readonly name: string;
  /** Directory relative to the root, where ava runs; "." holds the end-to-end tests. */
  readonly dir: string;
  /** Relative to `dir`. */
  readonly files: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Whether it runs in the VM, which has cgroup v2 alone. */
  readonly isInVm: boolean;
}

/** What the end-to-end tests run on, in this order, and the name of that leg. */
export const platforms = {
  any: "any containerd",
  "1.6": "containerd 1.6",
  "1.7": "containerd 1.7",
  "2.1": "containerd 2.1",
  "cgroup-v2": "cgroup v2",
} as const;

export type Platform = keyof typeof platforms;

/** Tests for which containerd's version makes no difference: it gets their events, at most, or is not there. They run once. */
const onAny = [
  "test/bad-*.test.ts",
  "test/bootstrap-2.3.test.ts",
  "test/checkpoint-crun.test.ts",
  "test/cli-*.test.ts",
  "test/docs.test.ts",
  "test/examples/*.test.ts",
  "test/new.test.ts",
  "test/rootfs.test.ts",
  "test/scripts/**/*.test.ts",
];

/** Runtimes other than runc: the oldest and the newest containerd are enough. */
const notOn17 = ["test/cri-runsc.test.ts", "test/runsc.test.ts", "test/smoke.test.ts"];

/** What depends on the version of cgroups; the VM is about ten times slower than the host. */
const onCgroupV2 = [
  "packages/core/test/cgroups/oom.test.ts",
  "test/metrics.test.ts",
  "test/oom.test.ts",
  "test/pause.test.ts",
];

/** What to run. */
export interface Wanted {
  /** Paths; all files when there are none. */
  readonly files: readonly string[];
  /** Default: every platform, and all packages as well; for files that are named, the installed containerd. */
  readonly on: readonly Platform[];
}

/** Returns the legs of a run: packages, examples, then the end-to-end tests on one platform after the other. */
export function toLegs({ files, on }: Wanted): readonly Leg[] {
  const asked = files.map((path) => relative(root, resolve(path)));
  const isFull = asked.length === 0 && on.length === 0;
  const named: readonly Platform[] = on.length > 0 ? on : ["1.6"];
  const packages = isFull || asked.length > 0 ? packageDirs().map((dir) => toPackageLeg(dir, asked)) : [];
  const endToEnd = (isFull ? (Object.keys(platforms) as Platform[]) : named).map((each) => toPlatformLeg(each, asked));
  return [...packages, ...endToEnd].filter((leg) => leg.files.length > 0);
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
  return { name: platforms[platform], dir: ".", files, env, isInVm };
}

/** Files that are named run on whatever is named; in the VM also those of packages. */
function askable(platform: Platform): string[] {
  return find("test/**/*.test.ts", ...(platform === "cgroup-v2" ? ["packages/*/test/**/*.test.ts"] : []));
}

function filesOf(platform: Platform): readonly string[] {
  if (platform === "cgroup-v2") return onCgroupV2;
  if (platform === "any") return find(...onAny);
  const others = new Set(find(...onAny, ...(platform === "1.7" ? notOn17 : [])));
  return find("test/**/*.test.ts").filter((file) => !others.has(file));
}

function select(files: readonly string[], asked: readonly string[]): readonly string[] {
  return asked.length === 0 ? files : files.filter((file) => asked.includes(file));
}

function find(...patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root }).sort();
}

/** Path of a leg's directory. */
export function directoryOf(leg: Leg): string {
  return join(root, leg.dir);
}
