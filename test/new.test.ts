/**
 * `dunnage new`, from an empty folder outside the repository. It needs only an installation, npm and the npm registry.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import test from "ava";
import { runCommand, runCommandOk } from "./_support/command.ts";
import { Containerd } from "./_support/containerd.ts";
import { LauncherLinks } from "./_support/launcher-links.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference, searchPath } from "./_support/runtime-under-test.ts";

checkLeaks(test);

const isOnline = spawnSync("npm", ["view", "typescript", "version"], { timeout: 60_000 }).status === 0;
const withRegistry = isReference || !isOnline ? test.serial.skip : test.serial;

/** The environment for npm, without the variables that pnpm and the test runner set. npm uses its own settings. */
const npmEnv = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_|PNPM_)/i.test(name) || name === "NODE_EXTRA_CA_CERTS"),
);

class Folder implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "dunnage-new-"));

  /** Runs a command in a directory of the folder; the command must succeed. */
  run(dir: string, file: string, ...args: readonly string[]): Promise<string> {
    const env = { ...npmEnv, PATH: [searchPath, process.env["PATH"]].join(delimiter) };
    return runCommandOk(file, args, { cwd: join(this.path, dir), env, timeoutMs: 240_000 });
  }

  /** Returns what a project needs to be built and tested. */
  needs(project: string): unknown {
    const { devDependencies, allowScripts } = JSON.parse(
      readFileSync(join(this.path, project, "package.json"), "utf8"),
    );
    return { devDependencies, allowScripts };
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true });
  }
}

/** The projects of all tests. They share their packages, so npm installs them only once. */
const projects = new Folder();
test.after.always(() => projects[Symbol.dispose]());

const npmInstall = ["npm", "install", "--no-audit", "--no-fund", "--prefer-offline"] as const;

withRegistry(
  "dunnage new runtime – from an empty folder – builds, passes the contract, and runs under containerd",
  async (t) => {
    await projects.run(".", "dunnage", "new", "runtime", "demo");
    await projects.run("demo", ...npmInstall);
    const output = await projects.run("demo", "npm", "test");
    t.regex(output, /✔ a container of demo says hello/);
    t.regex(output, /✔ contract – demo – lifecycle – create, start, exit, delete/);
    t.regex(output, /ℹ fail 0\n/);

    await projects.run("demo", "npm", "pack");
    using links = await LauncherLinks.make("io.containerd.dunnage-demo.v1");
    const config = (dir: string) =>
      `linger = "1s"\n[runtimes.demo]\nuse = "package:dunnage-runtime-demo"\nroot = "${dir}/runc"\n`;
    await using containerd = await Containerd.start({
      runtime: "io.containerd.dunnage-demo.v1",
      config,
      path: [links.dir],
    });
    const archive = join(projects.path, "demo/dunnage-runtime-demo-0.1.0.tgz");
    await projects.run(".", ...npmInstall, "--prefix", join(containerd.dir, "etc"), archive);
    t.deepEqual(
      readdirSync(join(containerd.dir, "etc/node_modules")).filter((name) => name.startsWith("@")),
      [],
    );
    t.like(await containerd.run("c1", ["/bin/sh", "-c", "echo hello; exit 4"]), { status: 4, stdout: "hello\n" });
  },
);

withRegistry(
  "dunnage new hook – from an empty folder – builds, passes its tests, and denies under containerd",
  async (t) => {
    await projects.run(".", "dunnage", "new", "hook", "no-nc");
    t.deepEqual(projects.needs("no-nc"), projects.needs("demo"));
    renameSync(join(projects.path, "demo/node_modules"), join(projects.path, "no-nc/node_modules"));
    t.regex(await projects.run("no-nc", "npm", "test"), /ℹ fail 0\n/);
    const use = `module:${projects.path}/no-nc/dist/index.js`;
    const config = `linger = "1s"\n[[plugin]]\nname = "no-nc"\nuse = "${use}"\nconfig = { deny = ["/bin/nc"] }\n`;
    await using containerd = await Containerd.start({ config });
    t.regex(
      (await containerd.run("denied", ["/bin/nc", "-h"])).stderr,
      /denied by no-nc at preStart: \/bin\/nc is not allowed/,
    );
    t.like(await containerd.run("allowed", ["/bin/true"]), { status: 0 });
  },
);

test.serial("dunnage new – what cannot be – one line, and nothing is written", async (t) => {
  using folder = new Folder();
  const dunnage = (...args: readonly string[]) =>
    runCommand("dunnage", ["new", ...args], { cwd: folder.path, env: { PATH: searchPath } });
  const unnamed = await dunnage("runtime", "Demo");
  t.like(unnamed, { status: 1, stdout: "" });
  t.is(unnamed.stderr, 'dunnage new runtime: "Demo" is no name: lower-case letters, digits, hyphens\n');
  t.like(await dunnage("runtime"), { status: 2 });
  t.like(await dunnage("shim", "demo"), { status: 2 });
  t.deepEqual(readdirSync(folder.path), []);
  const made = await dunnage("hook", "demo", "--json");
  t.is(made.status, 0);
  t.true(JSON.parse(made.stdout).files.includes("src/index.ts"));
  const before = readFileSync(join(folder.path, "demo/package.json"), "utf8");
  const again = await dunnage("runtime", "demo");
  t.is(again.stderr, `dunnage new runtime: ${folder.path}/demo is there already, and not empty\n`);
  t.is(readFileSync(join(folder.path, "demo/package.json"), "utf8"), before);
});
