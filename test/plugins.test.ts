import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { LauncherLinks } from "./_support/launcher-links.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";
import { connectShim } from "./_support/task-client.ts";
import { importWasmImage } from "./_support/wasm-modules.ts";

checkLeaks(test);

const withPlugins = isReference ? test.serial.skip : test.serial;

const examples = join(import.meta.dirname, "../examples");
const runtimeOf = (name: string): string => `io.containerd.dunnage-${name}.v1`;

/** A plugin in plain JavaScript: runc under another name, with a text from the configuration in its messages. */
const wrapper = `
import { definePlugin, lastError, OciRuntime } from "@dunnage/core";
const configSchema = { "~standard": { version: 1, vendor: "acme", validate: ({ greeting = "none", ...rest }) =>
  Object.keys(rest).length === 0 && typeof greeting === "string" ? { value: { greeting } }
    : { issues: [{ message: "is no key of this plugin", path: [Object.keys(rest)[0]] }] } } };
const runtime = (deps, { greeting }) => new OciRuntime({
  name: "acme", defaultBinary: "runc", defaultRoot: "/run/containerd/runc",
  errorText: (records) => greeting + ": " + lastError(records),
  isAbsent: (text) => text.includes("does not exist"), isStopped: (text) => text.includes("not running"),
}, deps);
export default definePlugin({ name: "acme", apiVersion: 1, configSchema, runtime });
`;

/** Faulty plugins: the text of each file. */
const faulty: Readonly<Record<string, string>> = {
  throws: `throw new Error("no licence on this host");`,
  syntax: "export default {",
  nothing: "export const runtime = () => {};",
  version: `export default { name: "v", apiVersion: 2, runtime: () => ({}) };`,
  hooks: `export default { name: "h", apiVersion: 1, hooks: {} };`,
  factory: `export default { name: "f", apiVersion: 1, runtime: () => { throw new Error("no device"); } };`,
  shape: `export default { name: "s", apiVersion: 1, runtime: () => ({ name: "s", create() {}, kill() {} }) };`,
  pid: `export default { name: "p", apiVersion: 1, runtime: () => ({ name: "p", create: async () => ({ pid: 0 }), start() {}, kill() {}, delete: async () => {} }) };`,
};

const names = [
  "wasi",
  "bwrap",
  "acme",
  "acme-greets",
  "acme-typo",
  "typo",
  "absent",
  "builtin",
  "nobody",
  ...Object.keys(faulty),
];

function writePlugins(dir: string): string {
  const modules = join(dir, "etc/node_modules/@acme/dunnage-runtime");
  mkdirSync(join(modules, "lib"), { recursive: true });
  // Exported only for `import`, as modern packages are.
  const manifest = {
    name: "@acme/dunnage-runtime",
    version: "1.0.0",
    type: "module",
    exports: { import: "./lib/a.js" },
  };
  writeFileSync(join(modules, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(modules, "lib/a.js"), wrapper);
  const tables = Object.entries(faulty).map(([name, text]) => {
    writeFileSync(join(dir, `etc/${name}.mjs`), text);
    return `[runtimes.${name}]\nuse = "module:${dir}/etc/${name}.mjs"\n`;
  });
  return `linger = "1s"
[runtimes]
wasi = { use = "module:${examples}/runtime-wasi/index.ts" }
bwrap = { use = "module:${examples}/runtime-bwrap/index.ts" }
acme = { use = "package:@acme/dunnage-runtime" }
typo = { use = "package:@acme/dunnage-runtme" }
absent = { use = "module:/does/not/exist.mjs" }
builtin = { use = "builtin:rnuc" }
[runtimes.acme-greets]
use = "package:@acme/dunnage-runtime"
config = { greeting = "hello" }
[runtimes.acme-typo]
use = "package:@acme/dunnage-runtime"
[runtimes.acme-typo.config]
greting = "hello"
${tables.join("")}`;
}

let links: LauncherLinks;
let containerd: Containerd;
test.before(async () => {
  links = await LauncherLinks.make(...names.map(runtimeOf), runtimeOf("rnuc"));
  containerd = await Containerd.start({ config: writePlugins, path: [links.dir] });
});
test.after.always(async () => {
  await containerd[Symbol.asyncDispose]();
  links[Symbol.dispose]();
});

const runOn = (name: string, command: readonly string[]) =>
  containerd.run(`c-${name}`, command, { flags: ["--runtime", runtimeOf(name), "--rm"] });

withPlugins("plugins – four runtimes in one namespace – one daemon serves them, side by side", async (t) => {
  const image = "dunnage.test/wasm:latest";
  await importWasmImage(containerd, image);
  const sleep = ["/bin/sleep", "1000"];
  await containerd.runDetached("on-runc", sleep);
  await containerd.runDetached("on-bwrap", sleep, { flags: ["--runtime", runtimeOf("bwrap")] });
  await containerd.runDetached("on-wasi", ["/spin.wasm"], { flags: ["--runtime", runtimeOf("wasi")], image });
  await containerd.runDetached("on-acme", sleep, { flags: ["--runtime", runtimeOf("acme")] });
  const daemons = new Set<number>();
  for (const id of ["on-runc", "on-bwrap", "on-wasi", "on-acme"]) {
    using client = await connectShim(containerd, id);
    daemons.add((await client.connect({ id })).shim_pid);
    t.is((await containerd.task(id))?.status, "RUNNING");
  }
  t.is(daemons.size, 1);
  for (const id of ["on-runc", "on-bwrap", "on-wasi", "on-acme"]) {
    await containerd.ctrOk("task", "kill", "-s", "SIGKILL", id);
    using client = await connectShim(containerd, id);
    t.is((await client.wait({ id })).exit_status, 137);
    await containerd.remove(id);
  }
});

withPlugins(
  "plugins – an npm package next to the configuration – is a runtime, with its own configuration",
  async (t) => {
    t.like(await runOn("acme", ["/bin/sh", "-c", "echo out; exit 3"]), { status: 3, stdout: "out\n" });
    const { status, stderr } = await runOn("acme-greets", ["/bin/nothing"]);
    t.is(status, 1);
    t.regex(stderr, /OCI runtime create failed: hello: .*\/bin\/nothing/);
  },
);

const refuses = test.macro(async (t, name: string, reason: RegExp) => {
  const { status, stderr, stdout } = await runOn(name, ["/bin/echo", "ran"]);
  t.is(status, 1);
  t.regex(stderr, reason);
  t.is(stdout, "");
  t.is(await containerd.task(`c-${name}`), undefined);
  t.like(await runOn("acme", ["/bin/true"]), { status: 0 }); // a faulty runtime does not affect the others
});

const refusals: readonly (readonly [title: string, name: string, reason: RegExp])[] = [
  ["an unknown runtime", "rnuc", /runtime "rnuc": not found among .*crun.*runc.*; did you mean `runc`\?/],
  ["an unknown adapter", "builtin", /runtime builtin \(builtin:rnuc\): built in are .*runc.*; did you mean `runc`\?/],
  ["no such file", "absent", /runtime absent \(module:\/does\/not\/exist\.mjs\): no such file/],
  [
    "no such package",
    "typo",
    /runtime typo \(package:@acme\/dunnage-runtme\): no such package.*npm install --prefix \S+\/etc/,
  ],
  ["throws at load", "throws", /runtime throws \(module:\S+throws\.mjs\): does not load: no licence on this host/],
  ["no JavaScript", "syntax", /runtime syntax \(module:\S+\): does not load: Unexpected end of input/],
  ["exports the wrong thing", "nothing", /its default export is no plugin; write: export default definePlugin/],
  ["another API version", "version", /runtime version \(module:\S+\): it wants apiVersion 2, this is 1/],
  ["a plugin without a runtime", "hooks", /runtime hooks \(module:\S+\): it has no runtime/],
  ["a factory that throws", "factory", /runtime factory: its factory threw no device/],
  ["methods are missing", "shape", /runtime shape: its factory made no runtime, it has no start, delete/],
  ["no pid", "pid", /runtime p has answered no pid: 0/],
  ["a typo in its own table", "acme-typo", /etc\/config\.toml:\d+: `runtimes\.acme-typo\.config\.greting` is no key/],
];
for (const [title, name, reason] of refusals) {
  withPlugins(`runtime plugin – ctr reads what is wrong, and others work on – ${title}`, refuses, name, reason);
}

withPlugins("configuration – a typo – ctr reads file, line, key and the nearest valid one", async (t) => {
  const lines = ['linger = "1s"', "[runtimes.runc]", 'binari = "/usr/sbin/runc"', "[[plugin]]", 'nam = "x"'];
  await using other = await Containerd.start({ config: lines.join("\n") });
  const { status, stderr } = await other.run("typo", ["/bin/true"]);
  t.is(status, 1);
  const file = join(other.dir, "etc/config.toml");
  t.true(stderr.includes(`${file}:3: unknown key \`binari\` in [runtimes.runc]; did you mean \`binary\`?`), stderr);
  t.true(stderr.includes(`${file}:5: unknown key \`nam\` in [[plugin]]; did you mean \`name\`?`), stderr);
});
