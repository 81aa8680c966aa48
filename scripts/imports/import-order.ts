/** Which file of packages/ may import which, by a relative path or by the name of a package. */
import { join, normalize } from "node:path";

/** The order of the packages. A package imports only from the rows below its own. */
const packageRows = [
  ["shim", "cli"],
  ["policy", "hooks-grpc", "runtime-runc", "runtime-crun", "runtime-runsc"],
  ["core"],
  ["ttrpc"],
];
/** The order within bootstrap/, of its folders and of the files next to them. */
const bootstrapOrder = [
  ...["index.ts", "main.ts", "actions", "daemon", "composition", "hooks", "plugins", "runtimes"],
  ...["surroundings.ts", "process", "context.ts", "group", "flags.ts", "version.ts", "config"],
].map((name) => `bootstrap/${name}`);
const stages = [
  ...bootstrapOrder,
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
const published = new Set(["client", "testing", "."]);
/** Any stage may import these. They import one another and nothing else of core. */
const leaves = new Set(["events", "errors", "journal", "log", "proto"]);
/** The order within task/. A file imports only from its own row and from the rows below. */
const taskRows = [
  ["task-service.ts", "tasks.ts", "deleted-answers.ts"],
  ["calls"],
  ["ending"],
  ["hook-seam.ts", "call.ts", "deps.ts"],
  ["container"],
];
/** The order within hooks/. */
const hookRows = [
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
/** The order within io/. */
const ioRows = [
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
const rowsOf: Readonly<Record<string, readonly (readonly string[])[]>> = {
  task: taskRows,
  hooks: hookRows,
  io: ioRows,
};
/** Hands core's own package to plugins, under the name by which they import it. */
const selfImport = "core/src/bootstrap/plugins/expose-packages.ts";
const importPattern = /^(?:import|export)\s+(?:[^;"]*?\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm;

/** The orders, as lines for the user. */
export const orders: readonly string[] = [
  `Order of the packages: ${formatRows(packageRows)}`,
  `Order of the stages: ${stages.join(" > ")}; leaves: ${[...leaves].join(", ")}`,
  ...Object.entries(rowsOf).map(([stage, rows]) => `Order within ${stage}/: ${formatRows(rows)}`),
];

/**
 * Returns what is wrong with the imports of a source file, one line each: types, re-exports and dynamic imports
 * included.
 * @param file its path below packages/, such as `core/src/io/copy.ts`.
 * @param entryPoints of core: the file below core/src for each name, such as `@dunnage/core/client`.
 */
export function findViolations(
  file: string,
  text: string,
  entryPoints: Readonly<Record<string, string>>,
): readonly string[] {
  const specifiers = Array.from(text.matchAll(importPattern), ([, named, dynamic]) => String(named ?? dynamic));
  return specifiers.flatMap((specifier) => {
    const target = toTarget(file, specifier, entryPoints);
    const reason = target && reasonAgainst(file, target);
    return reason ? [`packages/${file}: ${reason}`] : [];
  });
}

/** Returns the file or the package below packages/ that an import names. Undefined: it is none of this repository. */
function toTarget(file: string, specifier: string, entryPoints: Readonly<Record<string, string>>): string | undefined {
  if (specifier.startsWith(".")) return normalize(join(file, "..", specifier));
  const name = /^@dunnage\/([^/]+)/.exec(specifier)?.[1];
  return name === "core" ? `core/src/${entryPoints[specifier] ?? "index.ts"}` : name;
}

function reasonAgainst(file: string, target: string): string | undefined {
  const [from = "", to = ""] = [file, target].map((path) => path.split("/")[0]);
  if (from !== to) return packageRow(to) > packageRow(from) ? undefined : `${from} must not import ${target}`;
  if (from !== "core" || file === selfImport) return undefined;
  return reasonInCore(file.slice("core/src/".length), target.slice("core/src/".length));
}

function reasonInCore(file: string, target: string): string | undefined {
  const from = stageOf(file);
  if (!allowed(from, stageOf(target))) return `${from}/ must not import ${target}`;
  const isAllowed = from !== stageOf(target) || allowedInStage(from, file, target);
  return isAllowed ? undefined : `must not import ${target}`;
}

const packageRow = (name: string): number => packageRows.findIndex((names) => names.includes(name));

function allowed(from: string, to: string): boolean {
  if (from === to || published.has(from) || leaves.has(to)) return true;
  if (published.has(to) || leaves.has(from)) return false;
  return stages.indexOf(to) > stages.indexOf(from);
}

/** Returns the stage of a path under src; "." for a file that belongs to no stage. */
function stageOf(path: string): string {
  const [stage = "", part] = path.split("/");
  if (part === undefined) return ".";
  return stage === "bootstrap" ? `${stage}/${part}` : stage;
}

/** Returns the row to which a path below a stage belongs; -1 for a file that the table does not name. */
function rowOf(rows: readonly (readonly string[])[], path: string): number {
  return rows.findIndex((names) => names.includes(path.split("/")[1] ?? ""));
}

/** Whether a file may import another one of the same stage. */
function allowedInStage(stage: string, from: string, to: string): boolean {
  const rows = rowsOf[stage];
  return rows === undefined || (rowOf(rows, from) >= 0 && rowOf(rows, to) >= rowOf(rows, from));
}

function formatRows(rows: readonly (readonly string[])[]): string {
  return rows.map((names) => names.join(", ")).join(" > ");
}
