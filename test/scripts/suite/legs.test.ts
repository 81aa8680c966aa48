import { globSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { type Platform, toLegs } from "../../../scripts/suite/legs.ts";

const root = join(import.meta.dirname, "../../..");
const containerds: readonly Platform[] = ["1.6", "1.7", "2.1"];

/** `name: file` of each end-to-end test that runs. */
function runs(files: readonly string[], on: readonly Platform[]): readonly string[] {
  return toLegs({ files, on }).flatMap((leg) => leg.files.map((file) => `${leg.name}: ${file}`));
}

test("toLegs – every file of test/ – runs on the oldest and the newest containerd, or once", (t) => {
  const legs = toLegs({ files: [], on: [] }).filter(({ dir, isInVm }) => dir === "." && !isInVm);
  t.deepEqual(
    legs.map(({ env }) => env["DUNNAGE_TEST_CONTAINERD"]),
    [undefined, ...containerds],
  );
  const [any, ...lines] = legs.map(({ files }) => files);
  const [oldest = [], middle = [], newest = []] = lines;
  t.deepEqual(newest, oldest);
  t.deepEqual(
    middle,
    oldest.filter((file) => middle.includes(file)),
    "fewer runtimes",
  );
  t.deepEqual([...(any ?? []), ...(lines[0] ?? [])].sort(), globSync("test/**/*.test.ts", { cwd: root }).sort());
});

test("toLegs – packages – come first, the VM comes last", (t) => {
  const names = toLegs({ files: [], on: [] }).map(({ name }) => name);
  t.regex(names[0] ?? "", /^packages\//);
  t.is(names.at(-1), "cgroup v2");
});

test("toLegs – files that are named – run on the installed containerd, or on what is named", (t) => {
  t.deepEqual(runs(["test/run.test.ts"], []), ["containerd 1.6: test/run.test.ts"]);
  t.deepEqual(runs(["test/run.test.ts"], ["1.7", "cgroup-v2"]), [
    "containerd 1.7: test/run.test.ts",
    "cgroup v2: test/run.test.ts",
  ]);
  t.deepEqual(runs(["packages/ttrpc/test/frame-reader.test.ts"], []), ["packages/ttrpc: test/frame-reader.test.ts"]);
});

test("toLegs – platforms without files – run their own files and no package", (t) => {
  const legs = toLegs({ files: [], on: ["2.1"] });
  t.deepEqual(
    legs.map(({ name, env }) => [name, env["DUNNAGE_TEST_CONTAINERD"]]),
    [["containerd 2.1", "2.1"]],
  );
});
