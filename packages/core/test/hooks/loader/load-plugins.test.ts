import { chmodSync, writeFileSync } from "node:fs";
import { Code, StatusError } from "@dunnage/ttrpc";
import test, { type ExecutionContext } from "ava";
import { loadPlugins, type PluginSource } from "../../../src/hooks/loader/load-plugins.ts";
import { never, subject } from "../../_support/hooks.ts";
import { RecordingLog } from "../../_support/recording-log.ts";
import { TempDir } from "../../_support/temp-dir.ts";

function setUp(t: ExecutionContext, text: string, name = "p.mjs") {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  const path = dir.join(name);
  writeFileSync(path, text, { mode: 0o644 });
  const log = new RecordingLog();
  const load = (source: Partial<PluginSource> = {}) =>
    loadPlugins([{ name: "p1", use: `module:${path}`, ...source }], { log });
  return { dir, path, log, load };
}

const denies = `export default { name: "x", apiVersion: 1, hooks: { preStart: (event, { deny, config }) => deny("no " + config.word) } };`;

const loads = test.macro(async (t, name: string, text: string) => {
  const { hooks, plugins } = await setUp(t, text, name).load({ config: { word: "way" } });
  t.is(plugins[0]?.plugin.name, "x");
  await t.throwsAsync(hooks.run("preStart", subject, { signal: never }), {
    message: /^dunnage: denied by p1 at preStart: no way \[id=/,
  });
});
test("loadPlugins – loads – .mjs", loads, "p.mjs", denies);
test("loadPlugins – loads – .js without package.json", loads, "p.js", denies);
test("loadPlugins – loads – .mts with types", loads, "p.mts", `const x: number = 1;\n${denies}`);
test("loadPlugins – loads – .ts with types", loads, "p.ts", `interface X { a: string }\n${denies}`);

test("loadPlugins – a module that failed – loads when the reason has passed, though its file has not changed", async (t) => {
  const { load, dir } = setUp(
    t,
    `import { readFileSync } from "node:fs";
readFileSync(new URL("there", import.meta.url));
${denies}`,
  );
  const failed = await load();
  t.regex(failed.error?.message ?? "loaded", /does not load: ENOENT/);
  writeFileSync(dir.join("there"), "");
  t.is((await load()).plugins[0]?.plugin.name, "x");
});

test("loadPlugins – gives no hooks – no plugins, or plugins without hooks", async (t) => {
  const { load } = setUp(t, `export default { name: "x", apiVersion: 1 };`);
  t.is((await load()).plugins.length, 1);
  t.false((await load()).hooks.has("preCreate"));
  t.false((await loadPlugins([], { log: new RecordingLog() })).hooks.has("preCreate"));
});

test("loadPlugins – converts the configuration – a Standard Schema", async (t) => {
  const schema = `{ "~standard": { version: 1, vendor: "t", validate: async (c) => c.n > 0 ? { value: { word: c.n + 1 } } : { issues: [{ message: "must be positive", path: ["n"] }, { message: "really" }] } } }`;
  const text = `export default { name: "x", apiVersion: 1, configSchema: ${schema} };`;
  const { load } = setUp(t, text);
  t.deepEqual((await load({ config: { n: 1 } })).plugins[0]?.config, { word: 2 });
  const { hooks } = await load({ config: { n: 0 } });
  await t.throwsAsync(hooks.run("preCreate", subject, { signal: never }), {
    message: /^dunnage: plugin p1 \(module:\S+\): its config is not valid: n: must be positive; really$/,
  });
});

/** Asserts that loading does not reject, and that the first Create fails with the reason. */
const refuses = test.macro(async (t, text: string, reason: RegExp, source: Partial<PluginSource> = {}) => {
  const { load, log } = setUp(t, text);
  const { hooks, plugins } = await load(source);
  t.deepEqual(plugins, []);
  t.deepEqual(log.messages("error"), ["plugin not loaded"]);
  t.true(hooks.has("preCreate"));
  const error = await t.throwsAsync(hooks.run("preCreate", subject, { signal: never }));
  t.true(StatusError.is(error) && error.code === Code.FailedPrecondition);
  t.regex((error as Error).message, /^dunnage: plugin p1 \(/);
  t.regex((error as Error).message, reason);
});
test("loadPlugins – refuses – no such file", refuses, "", /: no such file$/, { use: "module:/nonexistent/p.mjs" });
test("loadPlugins – refuses – no module:", refuses, "", /use must be module:\/absolute\/path or package:NAME$/, {
  use: "/p.mjs",
});
test("loadPlugins – refuses – a relative path", refuses, "", /use must be module:/, { use: "module:p.mjs" });
test("loadPlugins – refuses – another kind of file", refuses, "", /must end in \.mjs, \.js, \.mts, \.ts$/, {
  use: "module:/p.json",
});
test("loadPlugins – refuses – the module throws", refuses, "throw new Error('at load');", /: does not load: at load$/);
test(
  "loadPlugins – refuses – the module waits for ever",
  refuses,
  "await new Promise(() => {}); export default {};",
  /: does not load: the module waits: no progress for 5 s$/,
);
test("loadPlugins – refuses – the module throws no Error", refuses, "throw 'text';", /the module threw text$/);
test("loadPlugins – refuses – a syntax error", refuses, "export default {", /: does not load: Unexpected end of input/);
test(
  "loadPlugins – refuses – a missing import",
  refuses,
  "import 'nothing-of-this-name';",
  /: does not load: Cannot find package 'nothing-of-this-name'/,
);
test("loadPlugins – refuses – no default export", refuses, "export const a = 1;", /its default export is no plugin/);
test(
  "loadPlugins – refuses – a function as the plugin",
  refuses,
  "export default () => {};",
  /its default export is no plugin/,
);
test(
  "loadPlugins – refuses – another API version",
  refuses,
  `export default { name: "x", apiVersion: 2 };`,
  /wants apiVersion 2, this is 1$/,
);
test("loadPlugins – refuses – no name", refuses, "export default { apiVersion: 1 };", /its name must be a text$/);
test(
  "loadPlugins – refuses – a stage with a typo",
  refuses,
  `export default { name: "x", apiVersion: 1, hooks: { preStrat() {} } };`,
  /unknown stage `preStrat`; did you mean `preStart`\?$/,
);
test(
  "loadPlugins – refuses – a hook that is no function",
  refuses,
  `export default { name: "x", apiVersion: 1, hooks: { preStart: 1 } };`,
  /its hook preStart is no function and has no handler$/,
);
test(
  "loadPlugins – refuses – hooks that are no object",
  refuses,
  `export default { name: "x", apiVersion: 1, hooks: null };`,
  /its hooks are no object$/,
);
test(
  "loadPlugins – refuses – a runtime that is no function",
  refuses,
  `export default { name: "x", apiVersion: 1, runtime: {} };`,
  /its runtime is no function$/,
);
test(
  "loadPlugins – refuses – a schema that is none",
  refuses,
  `export default { name: "x", apiVersion: 1, configSchema: {} };`,
  /its configSchema is no Standard Schema$/,
);

test(
  "loadPlugins – refuses – a required plugin that would have been done without",
  refuses,
  "throw new Error('x');",
  /: does not load: x$/,
  { onError: "open", required: true },
);

test("loadPlugins – refuses – others may write to the file", async (t) => {
  const { load, path } = setUp(t, denies);
  chmodSync(path, 0o646);
  const { hooks } = await load();
  await t.throwsAsync(hooks.run("preCreate", subject, { signal: never }), {
    message: /is writable by its group or by others/,
  });
});

test("loadPlugins – continues without it – an open plugin does not load", async (t) => {
  const { load, log } = setUp(t, "throw new Error('x');");
  t.false((await load({ onError: "open" })).hooks.has("preCreate"));
  t.deepEqual(log.messages("error"), ["plugin not loaded"]);
});
