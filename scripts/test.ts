/**
 * Runs the tests of every package, then those of test/, one project after the other, and ends with the line
 * `N passed, N failed, N skipped`. Arguments: test files, all when there are none; `--note TEXT` is repeated above the count.
 */
import { spawn } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { AvaOutput, type AvaResult } from "./ava-output.ts";

const ROOT = resolve(import.meta.dirname, "..");
const AVA = join(ROOT, "node_modules/ava/entrypoints/cli.js");

interface Project {
  /** Directory relative to the root; "." holds the end-to-end tests. */
  readonly dir: string;
  /** Test files, relative to `dir`. */
  readonly files: readonly string[];
}

/** The files to run, by project, packages before examples before the end-to-end tests. */
function projects(wanted: readonly string[]): Project[] {
  const dirs = globSync(["packages/*/package.json", "examples/*/package.json"], { cwd: ROOT }).map(dirname);
  dirs.sort((a, b) => Number(a.startsWith("examples")) - Number(b.startsWith("examples")) || a.localeCompare(b));
  return [...dirs, "."]
    .map((dir) => ({ dir, files: testFiles(dir, wanted) }))
    .filter((project) => project.files.length > 0);
}

function testFiles(dir: string, wanted: readonly string[]): string[] {
  const all = globSync("test/**/*.test.ts", { cwd: join(ROOT, dir) }).sort();
  if (wanted.length === 0) return all;
  const asked = new Set(wanted.map((path) => relative(join(ROOT, dir), resolve(path))));
  return all.filter((file) => asked.has(file));
}

/** Runs ava in one project, passes its output on line by line and counts. */
async function run(project: Project): Promise<AvaResult> {
  const output = new AvaOutput();
  const child = spawn(process.execPath, [AVA, ...project.files], {
    cwd: join(ROOT, project.dir),
    env: { ...process.env, CI: "true", NO_COLOR: "1", FORCE_COLOR: "0", TERM: "dumb" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<number | null>((done, fail) => child.once("error", fail).once("close", done));
  for await (const line of createInterface({ input: child.stdout })) {
    output.line(line);
    if (line !== "") console.log(line);
  }
  return output.end(project.dir, await exited);
}

/** Titles that no pattern of test/skips.json (pattern → reason) explains. */
function unexplained(skipped: readonly string[]): string[] {
  const reasons: Record<string, string> = JSON.parse(readFileSync(join(ROOT, "test/skips.json"), "utf8"));
  const patterns = Object.keys(reasons).map((pattern) => new RegExp(pattern));
  return skipped.filter((title) => !patterns.some((pattern) => pattern.test(title)));
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { note: { type: "string" } } });
  const list = projects(positionals);
  const total: AvaResult = { passed: 0, failed: [], skipped: [] };
  const found = list.reduce((sum, project) => sum + project.files.length, 0);
  if (found < Math.max(positionals.length, 1)) total.failed.push("no such test file, or none at all");
  for (const project of list) {
    console.log(`\n== ${project.dir === "." ? "end to end" : project.dir}: ${project.files.length} test file(s)`);
    const result = await run(project);
    total.passed += result.passed;
    total.failed.push(...result.failed);
    total.skipped.push(...result.skipped);
  }
  for (const title of unexplained(total.skipped))
    total.failed.push(`skipped without a reason in test/skips.json: ${title}`);
  console.log("");
  for (const title of total.failed) console.log(`failed: ${title}`);
  if (values.note !== undefined) console.log(values.note);
  console.log(`${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`);
  return total.failed.length === 0 ? 0 : 1;
}

process.exitCode = await main();
