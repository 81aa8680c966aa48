/** Mistakes in a configuration are reported with file, line, key and what it must be. */
import { chmodSync, chownSync } from "node:fs";
import test from "ava";
import { loadConfig } from "../../../src/bootstrap/config/config.ts";
import { ConfigError } from "../../../src/bootstrap/config/config-error.ts";
import { problemsOf, writeConfig } from "../../_support/config-files.ts";

test("loadConfig – names file, line and key – every kind of mistake at once", async (t) => {
  const main = `
# a comment
version = 2
linge = "1s"
cap = 0
[stdio]
mode = "direct"
drain_timout = "1s"
[runtimes.runc]
binary = 3
binay = "/x"
[runtimes."Bad name"]
[[plugin]]
name = "a"
use = "module:/x.mjs"
[[plugin]]
nam = "b"
on_error = "maybe"
timeout = "5"
use = "module:relative.mjs"
`;
  t.deepEqual(await problemsOf(t, main), [
    "config.toml:3: `version` must be 1",
    "config.toml:4: unknown key `linge` in the top table; did you mean `linger`?",
    "config.toml:5: `cap` must be at least 1",
    'config.toml:7: `stdio.mode` must be "auto" or "pipe"',
    "config.toml:8: unknown key `drain_timout` in [stdio]; did you mean `drain_timeout`?",
    "config.toml:10: `runtimes.runc.binary` must be a text",
    "config.toml:11: unknown key `binay` in [runtimes.runc]; did you mean `binary`?",
    "config.toml:12: `runtimes.Bad name` must be a name of lower-case letters, digits and hyphens",
    "config.toml:16: key `name` is missing in [[plugin]]",
    "config.toml:17: unknown key `nam` in [[plugin]]; did you mean `name`?",
    'config.toml:18: `plugin.on_error` must be "closed" or "open"',
    'config.toml:19: `plugin.timeout` must be a duration such as "250ms", "30s" or "1m30s"',
    'config.toml:20: `plugin.use` must be "module:/absolute/path", ending in .mjs, .js, .mts or .ts, "package:NAME", "builtin:NAME", "policy:/absolute/path.toml", "ttrpc:/absolute/path.sock" or "grpc:/absolute/path.sock"',
  ]);
});

const says = test.macro(async (t, main: string, expected: string) => {
  t.deepEqual(await problemsOf(t, main), [expected]);
});
test("loadConfig – names line and column – no TOML", says, "cap = 1\nlinger = \n", "config.toml:2:10: invalid value");
test(
  "loadConfig – suggests nothing – an unknown key unlike any other",
  says,
  "frobnicate = 1",
  "config.toml:1: unknown key `frobnicate` in the top table",
);
test(
  "loadConfig – refuses – a scalar in place of a table",
  says,
  "\nstdio = 1",
  "config.toml:2: `stdio` must be a table",
);
test(
  "loadConfig – refuses – a table in place of an array",
  says,
  "[plugin]\nname = 'a'",
  "config.toml:1: `plugin` must be an array of tables: [[plugin]]",
);
test(
  "loadConfig – refuses – a number as a duration",
  says,
  "linger = 30",
  'config.toml:1: `linger` must be a text with a unit, for example "30s"',
);
test("loadConfig – refuses – a fraction of a container", says, "cap = 1.5", "config.toml:1: `cap` must be whole");
test(
  "loadConfig – refuses – an inline table with a typo",
  says,
  "stdio = { mod = 'pipe' }",
  "config.toml:1: unknown key `mod` in [stdio]; did you mean `mode`?",
);
test(
  "loadConfig – refuses – a dotted key with a typo",
  says,
  "cap = 1\nstdio.mod = 'pipe'",
  "config.toml:2: unknown key `mod` in [stdio]; did you mean `mode`?",
);

test("loadConfig – names both places – one plugin name twice", async (t) => {
  const plugin = `[[plugin]]\nname = "a"\nuse = "module:/a.mjs"\n`;
  t.deepEqual(await problemsOf(t, plugin, { "x.toml": `\n${plugin}` }), [
    'conf.d/x.toml:3: `plugin.name` "a" is taken already, at config.toml:2',
  ]);
});

test("loadConfig – reports every file – problems in two of them", async (t) => {
  t.deepEqual(await problemsOf(t, "a = 1", { "x.toml": "b = 1" }), [
    "config.toml:1: unknown key `a` in the top table",
    "conf.d/x.toml:1: unknown key `b` in the top table",
  ]);
});

test("loadConfig – refuses – a file that others may write", async (t) => {
  const { load, path } = writeConfig(t, "cap = 1");
  chmodSync(path, 0o666);
  const error = await t.throwsAsync(load(), { instanceOf: ConfigError });
  t.true(error.message.endsWith(`${path} is writable by its group or by others (mode 666)`));
});

const asRoot = process.geteuid?.() === 0 ? test : test.skip;
asRoot("loadConfig – refuses – a file of another user", async (t) => {
  const { load, path } = writeConfig(t, "cap = 1");
  chownSync(path, 1234, 0);
  const error = await t.throwsAsync(load(), { instanceOf: ConfigError });
  t.regex(error.message, /belongs to uid 1234/);
});

test("loadConfig – says so – the path is a directory", async (t) => {
  const { dir } = writeConfig(t, "");
  const error = await t.throwsAsync(loadConfig({ path: dir.path }), { instanceOf: ConfigError });
  t.regex(error.message, /is not a regular file/);
});
