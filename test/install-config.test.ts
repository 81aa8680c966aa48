/** How containerd reads the configurations that `dunnage install` edits: `containerd config dump`, before and after. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import test from "ava";
import { parseToml, type TomlTable, tableAt } from "../packages/cli/src/containerd/toml-file.ts";
import { runCommandOk } from "./_support/command.ts";
import { programsOf, versionUnderTest } from "./_support/containerd-version.ts";
import { searchPath } from "./_support/runtime-under-test.ts";

const isLater = versionUnderTest === "2.1";
const env = { PATH: [...programsOf(versionUnderTest), searchPath].join(delimiter) };
const cri = ["plugins", isLater ? "io.containerd.cri.v1.runtime" : "io.containerd.grpc.v1.cri"];
const handler = "dunnage-runc";

const table = (plugin: string, name: string): string =>
  `[plugins."${plugin}".containerd.runtimes.${name}]\n  runtime_type = "io.containerd.runc.v2"\n`;
const v2 = (name: string): string => table("io.containerd.grpc.v1.cri", name);
const v3 = (name: string): string => table("io.containerd.cri.v1.runtime", name);
const settings = (plugin: string): string => `[plugins."${plugin}"]\n  enable_selinux = true\n`;

/** Files of a configuration, by name. */
type Files = Readonly<Record<string, string>>;

const main = "config.toml";
const shapes: Readonly<Record<string, Files>> = {
  "no file": {},
  "an empty file of version 2": { [main]: "version = 2\n" },
  "settings, but no runtime": { [main]: `version = 2\n${settings("io.containerd.grpc.v1.cri")}` },
  "runtimes, one of them by dotted keys": {
    [main]: `version = 2\n[plugins."io.containerd.grpc.v1.cri".containerd.runtimes]\nb.runtime_type = "x"\n${v2("runc")}`,
  },
  "CRLF, no final line feed": { [main]: `version = 2\n${v2("runc")}`.trimEnd().replaceAll("\n", "\r\n") },
  "drop-ins of version 2": {
    [main]: `version = 2\nimports = ["conf.d/*.toml"]\n${v2("runc")}`,
    "conf.d/a.toml": `version = 2\n${settings("io.containerd.grpc.v1.cri")}${v2("a")}${v2("runc")}`,
    "conf.d/b.toml": 'version = 2\n[plugins."io.containerd.gc.v1.scheduler"]\n  pause_threshold = 0.03\n',
  },
  ...(isLater && {
    "version 3": { [main]: `version = 3\n${settings("io.containerd.cri.v1.runtime")}${v3("a")}` },
    "drop-ins of version 3": {
      [main]: `version = 3\nimports = ["conf.d/*.toml"]\n${settings("io.containerd.cri.v1.runtime")}${v3("a")}`,
      "conf.d/z.toml": `version = 3\n${v3("z")}`,
    },
  }),
};

const read = (dir: string): Files =>
  Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".toml"))
      .map((name) => [name, readFileSync(join(dir, name), "utf8")]),
  );

/** Returns the configuration as containerd reads it; without a file, its defaults. */
async function dump(dir: string): Promise<TomlTable> {
  const file = join(dir, existsSync(join(dir, main)) ? main : "none.toml");
  if (!existsSync(file)) writeFileSync(file, `version = ${isLater ? 3 : 2}\n`);
  const { imports, ...rest } = parseToml(
    await runCommandOk("containerd", ["--config", file, "config", "dump"], { env, cwd: "/" }),
    "dump",
  );
  rmSync(join(dir, "none.toml"), { force: true });
  return rest;
}

/** Separates the runtimes from the rest: their types by handler. */
function split(value: TomlTable): { readonly types: object; readonly rest: TomlTable } {
  const rest = structuredClone(value);
  const containerd = tableAt(rest, [...cri, "containerd"]) as { runtimes?: Record<string, { runtime_type: string }> };
  const types = Object.entries(containerd.runtimes ?? {}).map(([name, { runtime_type }]) => [name, runtime_type]);
  delete containerd.runtimes;
  return { types: Object.fromEntries(types), rest };
}

for (const [shape, files] of Object.entries(shapes)) {
  test(`install – containerd sees one more runtime, and no other change, and none after uninstall – ${shape}`, async (t) => {
    const dir = mkdtempSync(join(tmpdir(), "dunnage-install-"));
    t.teardown(() => rmSync(dir, { recursive: true }));
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), text);
    }
    const before = split(await dump(dir));
    const where = ["--config", join(dir, main), "--bin-dir", join(dir, "bin"), "--yes"];
    await runCommandOk("dunnage", ["install", "--runtime", "runc", ...where], { env });
    const after = split(await dump(dir));
    t.deepEqual(after.types, { ...before.types, [handler]: "io.containerd.dunnage-runc.v1" });
    t.deepEqual(after.rest, before.rest);
    await runCommandOk("dunnage", ["uninstall", ...where], { env });
    t.deepEqual(read(dir), files);
  });
}
