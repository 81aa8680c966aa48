import { mkdirSync } from "node:fs";
import test from "ava";
import { readHugePageSizes } from "../../../src/cgroups/metrics/huge-pages.ts";
import { TempDir } from "../../_support/temp-dir.ts";

test("readHugePageSizes – names as cgroup files have them", (t) => {
  using dir = new TempDir();
  for (const name of ["hugepages-64kB", "hugepages-2048kB", "hugepages-1048576kB", "else"]) mkdirSync(dir.join(name));
  t.deepEqual(readHugePageSizes(dir.path).toSorted(), ["1GB", "2MB", "64KB"]);
});

test("readHugePageSizes – none – the kernel has no huge pages", (t) => {
  t.deepEqual(readHugePageSizes("/nonexistent"), []);
});
