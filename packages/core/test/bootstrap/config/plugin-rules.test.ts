import { mkdirSync, writeFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { type Config, loadConfig } from "../../../src/bootstrap/config/config.ts";
import { ConfigError } from "../../../src/bootstrap/config/config-error.ts";
import { TempDir } from "../../_support/temp-dir.ts";

/**
 * Loads `config.toml` and drop-ins, in this order; returns the configuration, or the problems without the path of the
 * directory.
 */
async function load(t: ExecutionContext, ...texts: readonly string[]): Promise<Config | readonly string[]> {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  mkdirSync(dir.join("conf.d"));
  const path = dir.join("config.toml");
  texts.forEach((text, i) => {
    writeFileSync(i === 0 ? path : dir.join(`conf.d/${i}.toml`), text, { mode: 0o644 });
  });
  try {
    return await loadConfig({ path });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((problem) => problem.replaceAll(`${dir.path}/`, ""));
  }
}

async function loadWell(t: ExecutionContext, ...texts: readonly string[]): Promise<Config> {
  const config = await load(t, ...texts);
  if ("hooks" in config) return config;
  throw new Error(config.join("\n"));
}

const plugin = (name: string, more = ""): string => `[[plugin]]\nname = "${name}"\nuse = "builtin:${name}"\n${more}`;

test("required – names of all files together – no drop-in takes one out, those that are named are marked", async (t) => {
  const config = await loadWell(
    t,
    `[hooks]\nrequired = ["a", "b"]\n${plugin("a")}`,
    `[hooks]\nrequired = []\n${plugin("b")}`,
    `[hooks]\nrequired = ["b", "c"]\n${plugin("c")}${plugin("d")}`,
  );
  t.deepEqual(config.hooks.required, ["a", "b", "c"]);
  t.deepEqual(
    config.plugins.map(({ name, required }) => [name, required]),
    [
      ["a", true],
      ["b", true],
      ["c", true],
      ["d", false],
    ],
  );
});

test("required – a missing plugin – file, line, and the name that was meant", async (t) => {
  const main = `\n[hooks]\nrequired = ["exec", "corp-agent"]\n${plugin("exce")}`;
  t.deepEqual(await load(t, main, `[hooks]\nrequired = ["exce"]`), [
    'config.toml:3: `hooks.required` "exec" is missing: no [[plugin]] has this name; did you mean `exce`?',
    'config.toml:3: `hooks.required` "corp-agent" is missing: no [[plugin]] has this name',
  ]);
});

test("required – a plugin that is off – is as good as missing, whatever turned it off", async (t) => {
  const off = ['config.toml:2: `hooks.required` "a" is off, by its own mode or by that of [hooks]'];
  t.deepEqual(await load(t, `[hooks]\nrequired = ["a"]\n${plugin("a", 'mode = "off"\n')}`), off);
  t.deepEqual(await load(t, `[hooks]\nrequired = ["a"]\n${plugin("a")}`, '[hooks]\nmode = "off"'), off);
  const audit = await loadWell(t, `[hooks]\nrequired = ["a"]\n${plugin("a")}`, '[hooks]\nmode = "audit"');
  t.is(audit.plugins[0]?.mode, "audit");
});

test("required – a file that cannot be read – is the only problem", async (t) => {
  t.deepEqual(await load(t, `[hooks]\nrequired = ["a"]`, `${plugin("a")}moed = 1`), [
    "conf.d/1.toml:4: unknown key `moed` in [[plugin]]; did you mean `mode`?",
  ]);
});

test("locked – what later files say of all plugins – does not reach it; what its own and earlier ones say does", async (t) => {
  const config = await loadWell(
    t,
    '[hooks]\ntimeout = "2s"',
    `[hooks]\non_error = "closed"\n${plugin("a", "locked = true\n")}${plugin("b")}`,
    `[hooks]\nmode = "off"\non_error = "open"\ntimeout = "1ms"\n${plugin("c", "locked = true\n")}`,
  );
  t.deepEqual(
    config.plugins.map(({ name, locked, mode, onError, timeoutMs }) => [name, locked, mode, onError, timeoutMs]),
    [
      ["a", true, "enforce", "closed", 2_000],
      ["b", false, "off", "open", 1],
      ["c", true, "off", "open", 1],
    ],
  );
});

test("locked – is required as well – a later file cannot make it missing by turning everything off", async (t) => {
  const config = await loadWell(
    t,
    `[hooks]\nrequired = ["a"]\n${plugin("a", "locked = true\n")}`,
    '[hooks]\nmode = "off"',
  );
  t.like(config.plugins[0], { mode: "enforce", required: true, locked: true });
});

test("exempt – the last file's list counts – each list for itself", async (t) => {
  const { hooks } = await loadWell(
    t,
    '[hooks.exempt]\nnamespaces = ["build"]\npods = ["kube-system/*"]',
    '[hooks]\nexempt = { namespaces = ["moby"] }',
  );
  t.deepEqual(hooks.exempt, { namespaces: ["moby"], pods: ["kube-system/*"] });
});

test("exempt – from a plugin that an earlier file has locked – is refused, and says where; an empty list is not", async (t) => {
  const locked = `${plugin("a")}${plugin("b", "locked = true\n")}`;
  const exempt = '[hooks.exempt]\nnamespaces = ["build"]\npods = ["kube-system/*"]';
  const from = 'cannot exempt from plugin "b", locked at config.toml:7; only that file and those before it can';
  t.deepEqual(await load(t, locked, "", exempt), [
    `conf.d/2.toml:2: \`hooks.exempt.namespaces\` ${from}`,
    `conf.d/2.toml:3: \`hooks.exempt.pods\` ${from}`,
  ]);
  for (const texts of [[`${locked}${exempt}`], [exempt, locked]]) {
    t.deepEqual((await loadWell(t, ...texts)).hooks.exempt, { namespaces: ["build"], pods: ["kube-system/*"] });
  }
  const none = await loadWell(t, `${locked}${exempt}`, "[hooks.exempt]\nnamespaces = []");
  t.deepEqual(none.hooks.exempt.namespaces, []);
});

test("exempt – patterns that others can match, and typos – are refused by file, line and key", async (t) => {
  const main = `[hooks]
requird = []
[hooks.exempt]
namespaces = ["moby*"]
pods = ["kube-system/etcd-*", "kube-*/x", "*", "kube-system"]
pod = []
[[plugin]]
name = "a"
use = "builtin:exec"
locked = "yes"
`;
  const pods = 'config.toml:5: `hooks.exempt.pods` must be "NAMESPACE/NAME" of pods; NAME may end in *';
  t.deepEqual(await load(t, main), [
    "config.toml:2: unknown key `requird` in [hooks]; did you mean `required`?",
    "config.toml:4: `hooks.exempt.namespaces` must be the name of a namespace of containerd, without patterns",
    pods,
    pods,
    pods,
    "config.toml:6: unknown key `pod` in [hooks.exempt]; did you mean `pods`?",
    "config.toml:10: `plugin.locked` must be true or false",
  ]);
});
