import { globSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type Leg, type Platform, toLegs, toUnits } from "../../../scripts/suite/legs.ts";

const root = join(import.meta.dirname, "../../..");
const everything = { files: [], on: [], isMatrix: true };

/** Returns `name: file` for each end-to-end test that runs. */
function runs(files: readonly string[], on: readonly Platform[]): readonly string[] {
  return toLegs({ files, on, isMatrix: false }).flatMap((leg) => leg.files.map((file) => `${leg.name}: ${file}`));
}

test("toLegs – every file of test/ – runs on the newest containerd, or once; the older ones run some of these", (t) => {
  const legs = toLegs(everything).filter(({ dir, isInVm }) => dir === "." && !isInVm);
  const filesOn = (line: string | undefined) => legs.find(({ env }) => env["DUNNAGE_TEST_CONTAINERD"] === line)?.files;
  const [any = [], oldest = [], middle = [], newest = []] = [undefined, "1.6", "1.7", "2.1"].map(filesOn);
  t.is(legs.length, 4);
  const isPart = (part: readonly string[], all: readonly string[]) => part.every((file) => all.includes(file));
  t.true(isPart(oldest, newest));
  t.true(isPart(middle, oldest));
  t.true(middle.length > newest.length / 2);
  t.deepEqual([...any, ...newest].sort(), globSync("test/**/*.test.ts", { cwd: root }).sort());
});

test("toLegs – without the matrix – every package, and every file of test/ on the newest containerd", (t) => {
  const legs = toLegs({ files: [], on: [], isMatrix: false });
  const packages = legs.filter(({ dir }) => dir !== ".");
  t.deepEqual(
    packages.map(({ name }) => name),
    toLegs(everything)
      .filter(({ dir }) => dir !== ".")
      .map(({ name }) => name),
  );
  t.deepEqual(
    legs.slice(packages.length).map(({ name }) => name),
    ["any containerd", "containerd 2.1"],
  );
  const files = legs.slice(packages.length).flatMap((leg) => leg.files);
  t.deepEqual(files.toSorted(), globSync("test/**/*.test.ts", { cwd: root }).sort());
});

test("toLegs – without the matrix – the newest version of each runtime alone; a file that is named runs on all", (t) => {
  const ptrace = "packages/runtime-runsc/test/contract-ptrace.test.ts";
  const has = (legs: readonly Leg[]) => legs.some(({ dir, files }) => files.some((file) => join(dir, file) === ptrace));
  const isNewest = ({ env }: Leg) => env["DUNNAGE_TEST_RUNTIMES"] === "newest";
  const quick = toLegs({ ...everything, isMatrix: false });
  const [matrix, named] = [toLegs(everything), toLegs({ ...everything, files: [ptrace], isMatrix: false })];
  t.deepEqual([has(quick), has(matrix), has(named)], [false, true, true]);
  t.deepEqual([quick.every(isNewest), matrix.some(isNewest), named.some(isNewest)], [true, false, false]);
});

test("toLegs – files that are named – run on the newest containerd, or on what is named", (t) => {
  t.deepEqual(runs(["test/run.test.ts"], []), ["containerd 2.1: test/run.test.ts"]);
  t.deepEqual(runs(["test/run.test.ts"], ["1.7", "cgroup-v2"]), [
    "containerd 1.7: test/run.test.ts",
    "cgroup v2: test/run.test.ts",
  ]);
  t.deepEqual(runs(["packages/ttrpc/test/wire/frame-reader.test.ts"], []), [
    "packages/ttrpc: test/wire/frame-reader.test.ts",
  ]);
});

test("toLegs – platforms without files – run their own files and no package", (t) => {
  const legs = toLegs({ files: [], on: ["2.1"], isMatrix: false });
  t.deepEqual(
    legs.map(({ name, env }) => [name, env["DUNNAGE_TEST_CONTAINERD"]]),
    [["containerd 2.1", "2.1"]],
  );
});

test("toUnits – a whole run – every file is in one unit, files that run alone last", (t) => {
  const legs = toLegs(everything);
  const units = toUnits(legs);
  const names = (all: readonly { name: string; files: readonly string[] }[]) =>
    all.flatMap(({ name, files }) => files.map((file) => `${name}: ${file}`)).sort();
  t.deepEqual(names(units.map(({ leg }) => leg)), names(legs));
  const firstAlone = units.findIndex(({ isAlone }) => isAlone);
  t.true(firstAlone > 0);
  t.true(units.slice(firstAlone).every(({ isAlone, leg }) => isAlone && leg.dir === "."));
});

test("toUnits – packages – many files run as one process, before all others; few as one each", (t) => {
  const units = toUnits(toLegs(everything)).filter(({ leg }) => leg.dir !== ".");
  const of = (name: string) => units.filter(({ leg }) => leg.name === name);
  t.is(of("packages/core").length, 1);
  t.like(of("packages/core")[0], { isAlone: false, processors: 2 });
  t.true(of("packages/runtime-runsc").length > 1);
  t.true(of("packages/runtime-runsc").every(({ isAlone, leg }) => !isAlone && leg.files.length === 1));
});
