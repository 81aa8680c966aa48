import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import test from "ava";

const dist = join(import.meta.dirname, "../../../../dist");
const read = (name: string): string => readFileSync(join(dist, "lib/dunnage", name), "utf8").trim();

for (const how of ["by its path", "through a link", "by name, from the search path"]) {
  test(`dunnage – starts with the Node of its installation, whatever the environment says – ${how}`, (t) => {
    const dir = mkdtempSync(join(tmpdir(), "dunnage-cli-"));
    t.teardown(() => rmSync(dir, { recursive: true }));
    symlinkSync(join(dist, "bin/dunnage"), join(dir, "dunnage"));
    const file = { "by its path": join(dist, "bin/dunnage"), "through a link": join(dir, "dunnage") }[how] ?? "dunnage";
    const env = { PATH: [dir, process.env["PATH"]].join(delimiter), NODE_OPTIONS: "--require=/nonexistent.js" };
    const { status, stdout, stderr } = spawnSync(file, ["--version"], { env, cwd: dir, encoding: "utf8" });
    t.deepEqual({ status, stderr }, { status: 0, stderr: "" });
    t.is(stdout, `${read("VERSION")} (${read("build-id")})\n`);
  });
}

test("dunnage – ends quietly – no process reads its output", (t) => {
  const script = `"$0" --help | true`;
  const { status, stderr } = spawnSync("sh", ["-c", script, join(dist, "bin/dunnage")], { encoding: "utf8" });
  t.deepEqual({ status, stderr }, { status: 0, stderr: "" });
});
