import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import test from "ava";

const repository = join(import.meta.dirname, "../..");
const mostLines = 149;

/** Returns the files of an example in the repository, except its tests and what git ignores. */
function filesOf(dir: string): readonly string[] {
  const args = ["ls-files", "--cached", "--others", "--exclude-standard", "-z", dir];
  const names = execFileSync("git", args, { cwd: repository, encoding: "utf8" }).split("\0").filter(Boolean);
  return names.filter((name) => !relative(dir, name).startsWith("test/"));
}

const examples = globSync("examples/runtime-*/package.json", { cwd: repository }).map(dirname).sort();

test("examples – runtimes – there are some", (t) => t.true(examples.length >= 2, examples.join(" ")));

for (const dir of examples) {
  test(`${dir} – all its files – under 150 lines together, formatted`, (t) => {
    const files = filesOf(dir);
    const lines = files.map((name) => readFileSync(join(repository, name), "utf8").split("\n").length - 1);
    t.true(files.includes(join(dir, "README.md")));
    t.true(
      lines.reduce((sum, count) => sum + count, 0) <= mostLines,
      files.map((name, i) => `${name} ${lines[i]}`).join(", "),
    );
    execFileSync(join(repository, "node_modules/.bin/biome"), ["format", dir], { cwd: repository, stdio: "pipe" });
  });

  test(`${dir} – core – knows nothing of it`, (t) => {
    const name = dir.slice("examples/runtime-".length);
    const sources = globSync("packages/{core,shim}/{src,bin}/**/*", { cwd: repository, withFileTypes: true });
    const mentions = sources
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => new RegExp(`\\b${name}\\b`, "i").test(readFileSync(path, "latin1")));
    t.deepEqual(mentions, []);
  });
}
