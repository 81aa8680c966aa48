/**
 * The folders of packages/core/src are stages in a fixed order. A stage imports only from the stages after it: types,
 * re-exports and dynamic imports included. Within task/, hooks/ and io/ there is an order as well.
 */
import { globSync, readFileSync } from "node:fs";
import { join, normalize, resolve } from "node:path";

const SRC = resolve(import.meta.dirname, "../packages/core/src");
/** The order within bootstrap/, of its folders and of the files next to them. */
const BOOTSTRAP = [
  ...["index.ts", "main.ts", "actions", "daemon", "composition", "hooks", "plugins", "runtimes"],
  ...["surroundings.ts", "process", "context.ts", "group", "flags.ts", "version.ts", "config"],
].map((name) => `bootstrap/${name}`);
const STAGES = [
  ...BOOTSTRAP,
  "task",
  "hooks",
  "oci",
  "runtime",
  "mount",
  "io",
  "cgroups",
  "reaper",
  "guardian",
  "spec",
  "native",
];
/** Published for other programs: these import from any stage, and no stage imports from them. */
const PUBLISHED = new Set(["client", "testing", "."]);
/** Any stage may import these. They import one another and nothing else of core. */
const LEAVES = new Set(["events", "errors", "journal", "log", "proto"]);
/** The order within task/. A file imports only from its own row and from the rows below. */
const TASK_ROWS = [
  ["task-service.ts", "tasks.ts", "deleted-answers.ts"],
  ["calls"],
  ["ending"],
  ["hook-seam.ts", "call.ts", "deps.ts"],
  ["container"],
];
/** The order within io/. */
const IO_ROWS = [
  ["open-io.ts"],
  ["terminal", "streams-io.ts"],
  ["schemes.ts"],
  ["open-io-options.ts"],
  ["path"],
  ["logger"],
  ["pipe"],
  ["fifo"],
  ["file"],
  ["copy", "eligibility.ts"],
  ["stream.ts", "process-io.ts", "finished-within.ts"],
  ["uri", "owned-fd.ts"],
];
/** The order within hooks/. */
const HOOK_ROWS = [
  ["isolation"],
  ["connection"],
  ["loader"],
  ["chain"],
  ["recording"],
  ["audit"],
  ["plugin"],
  ["adjustment"],
  ["event"],
  ["text.ts"],
];
const ROWS: Record<string, readonly (readonly string[])[]> = { task: TASK_ROWS, hooks: HOOK_ROWS, io: IO_ROWS };
const IMPORT = /^(?:import|export)\s+(?:[^;"]*?\sfrom\s+)?"(\.[^"]+)"|\bimport\(\s*"(\.[^"]+)"/gm;

function allowed(from: string, to: string): boolean {
  if (from === to || PUBLISHED.has(from) || LEAVES.has(to)) return true;
  if (PUBLISHED.has(to) || LEAVES.has(from)) return false;
  return STAGES.indexOf(to) > STAGES.indexOf(from);
}

/** Returns the stage of a path under src; "." for a file that belongs to no stage. */
function stageOf(path: string): string {
  const [stage = "", part] = path.split("/");
  if (part === undefined) return ".";
  return stage === "bootstrap" ? `${stage}/${part}` : stage;
}

/** Returns the row of `rows` to which a path below a stage belongs; -1 for a file that the table does not name. */
function rowOf(rows: readonly (readonly string[])[], path: string): number {
  return rows.findIndex((names) => names.includes(path.split("/")[1] ?? ""));
}

/** Whether a file may import another one of the same stage. */
function allowedInStage(stage: string, from: string, to: string): boolean {
  const rows = ROWS[stage];
  return rows === undefined || (rowOf(rows, from) >= 0 && rowOf(rows, to) >= rowOf(rows, from));
}

function violations(file: string): string[] {
  const text = readFileSync(join(SRC, file), "utf8");
  const from = stageOf(file);
  const found: string[] = [];
  for (const match of text.matchAll(IMPORT)) {
    const target = normalize(join(file, "..", String(match[1] ?? match[2])));
    if (!allowed(from, stageOf(target))) {
      found.push(`packages/core/src/${file}: ${from}/ must not import ${target}`);
    }
    if (from === stageOf(target) && !allowedInStage(from, file, target)) {
      found.push(`packages/core/src/${file}: must not import ${target}`);
    }
  }
  return found;
}

const all = globSync("**/*.ts", { cwd: SRC }).sort().flatMap(violations);
for (const line of all) console.error(line);
if (all.length > 0) {
  console.error(`Order of the stages: ${STAGES.join(" > ")}; leaves: ${[...LEAVES].join(", ")}`);
  for (const [stage, rows] of Object.entries(ROWS)) {
    console.error(`Order within ${stage}/: ${rows.map((names) => names.join(", ")).join(" > ")}`);
  }
  process.exitCode = 1;
}
