import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type ContainerdVersion, containerdVersions, programsOf } from "../../test/_support/containerd-version.ts";
import { type Features, formatCompatibility, isComplete, isSame, type Results, unmatched } from "./compatibility.ts";

const root = resolve(import.meta.dirname, "../..");
const path = join(root, "docs/compatibility.md");

/**
 * Writes docs/compatibility.md after a full run in which every test passed. If `CI` is set, or if something could not
 * run here, it only compares. Returns the problems as text for users.
 */
export function updateCompatibility(results: Results): readonly string[] {
  const features: Features = JSON.parse(readFileSync(join(root, "test/compatibility.json"), "utf8"));
  const missing = unmatched(features, results).map(
    (pattern) => `test/compatibility.json: no test is called ${pattern}`,
  );
  if (missing.length > 0) return missing;
  const found = formatCompatibility(features, withCgroups(results), readVersions());
  const committed = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (isSame(found, committed)) return [];
  if (!process.env["CI"] && isComplete(found)) {
    writeFileSync(path, found);
    console.log("docs/compatibility.md: written anew");
    return [];
  }
  console.log(found);
  return ["docs/compatibility.md is not what this run found, see above: commit what `make test-matrix` writes"];
}

/** Adds the host's results as those of cgroup v1, if that is the host's version. */
function withCgroups(results: Results): Results {
  const onHost = results.get("containerd 1.6");
  if (onHost === undefined || existsSync("/sys/fs/cgroup/cgroup.controllers")) return results;
  return new Map([...results, ["cgroup v1", onHost]]);
}

/** Returns the full version of each containerd release line. */
function readVersions(): ReadonlyMap<string, string> {
  return new Map(containerdVersions.map((line) => [line, readVersion(line)]));
}

function readVersion(line: ContainerdVersion): string {
  const PATH = [...programsOf(line), process.env["PATH"]].join(":");
  const text = execFileSync("ctr", ["--version"], { encoding: "utf8", env: { PATH } });
  return /\d+\.\d+\.\d+/.exec(text)?.[0] ?? line;
}
