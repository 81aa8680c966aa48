import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { runDunnage } from "../_support/run-command.ts";
import { TempDir } from "../_support/temp-dir.ts";

const libDir = join(import.meta.dirname, "../../../../dist/lib/dunnage");
const env = (dir: string) => ({
  PATH: process.env["PATH"],
  DUNNAGE_RUNTIME_DIR: join(dir, "run"),
  DUNNAGE_CONFIG: join(dir, "config.toml"),
});

test("doctor – finds no failure on this host", async (t) => {
  using dir = new TempDir();
  const { status, stdout } = await runDunnage(["doctor"], { env: env(dir.path), libDir });
  t.is(status, 0, stdout);
  t.regex(stdout, /^runtimes\n( .*\n)* {2}ok +runc: runc version/m);
  t.regex(stdout, /\n0 failure\(s\), \d+ warning\(s\)\n$/);
});

test("doctor – ends with status 1 and says what helps – something does not work", async (t) => {
  using dir = new TempDir();
  writeFileSync(join(dir.path, "config.toml"), "lingr = 1\n");
  const options = { env: env(dir.path), libDir };
  const { status, stdout } = await runDunnage(["doctor"], options);
  t.is(status, 1);
  t.regex(stdout, /FAILURE +configuration: .*config\.toml:1: unknown key `lingr`.*\n +-> fix it/);
  const json = await runDunnage(["doctor", "--json"], options);
  t.is(json.status, 1);
  const { failures, sections } = JSON.parse(json.stdout);
  t.is(failures, 1);
  t.deepEqual(
    sections.map(({ area }: { area: string }) => area),
    ["kernel", "cgroups", "runtimes", "configuration", "containerd", "registration", "permissions", "left-overs"],
  );
});

test("doctor – takes what it cannot look at for a failure, and continues", async (t) => {
  using dir = new TempDir();
  const { status, stdout } = await runDunnage(["doctor"], { env: env(dir.path), libDir: dir.path });
  t.is(status, 1);
  t.regex(stdout, /FAILURE +runtimes: .*no installation of Dunnage/);
  t.regex(stdout, /left-overs: none/);
});
