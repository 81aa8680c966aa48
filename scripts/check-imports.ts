/**
 * The folders of packages/core/src are stages in a fixed order, and a stage may import only from those after it.
 * The one exception: oci/ and everything below may name the types of runtime/, because they implement them.
 */
import { globSync, readFileSync } from "node:fs";
import { join, normalize, resolve } from "node:path";

const SRC = resolve(import.meta.dirname, "../packages/core/src");
const STAGES = ["bootstrap", "task", "hooks", "runtime", "oci", "mount", "io", "cgroups", "reaper", "native"];
/** What is published for other programs: these import from anywhere, and no stage from them. */
const PUBLISHED = new Set(["client", "testing"]);
/** Anyone may import these; they import one another and nothing else of core, types of a stage excepted. */
const LEAVES = new Set(["events", "errors", "log", "proto"]);
const IMPORT = /^(?:import|export)\s+(type\s)?(?:[^;"]*?\sfrom\s+)?"(\.[^"]+)"/gm;

function allowed(from: string, to: string, typeOnly: boolean): boolean {
  if (from === to || from === "." || PUBLISHED.has(from) || LEAVES.has(to)) return true;
  if (PUBLISHED.has(to) || to === ".") return false;
  if (LEAVES.has(from)) return typeOnly;
  return STAGES.indexOf(to) > STAGES.indexOf(from) || (typeOnly && to === "runtime" && from !== "native");
}

/** The stage that a path under src belongs to; "." for a file that lies in none. */
function stageOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : ".";
}

function violations(file: string): string[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const from = stageOf(file);
  const found: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const target = normalize(join(file, "..", String(match[2])));
    if (!allowed(from, stageOf(target), match[1] !== undefined)) {
      found.push(`packages/core/src/${file}: ${from}/ must not import ${match[1] ? "types of " : ""}${target}`);
    }
  }
  return found;
}

const all = globSync("**/*.ts", { cwd: SRC }).sort().flatMap(violations);
for (const line of all) console.error(line);
if (all.length > 0) {
  console.error(`Order of the stages: ${STAGES.join(" > ")}; leaves: ${[...LEAVES].join(", ")}`);
  process.exitCode = 1;
}
