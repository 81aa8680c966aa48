import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import test, { type ExecutionContext } from "ava";
import { TempDir } from "../../_support/temp-dir.ts";

const source = new URL("../../../src/bootstrap/plugins/expose-modules.ts", import.meta.url).href;

/**
 * Runs a program in a separate process, far from any node_modules, with these modules exposed; returns what it prints.
 */
function run(t: ExecutionContext, files: Readonly<Record<string, string>>, program: string): string {
  using dir = new TempDir();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dir.join(name, ".."), { recursive: true });
    writeFileSync(dir.join(name), text);
  }
  const main = `
    import { exposeModules } from ${JSON.stringify(source)};
    class Token {}
    const core = { definePlugin: (plugin) => plugin, Token, "odd name": 1 };
    const exposed = exposeModules({ "@dunnage/core": core, "reflect-metadata": {}, inversify: { default: 7, Container: Token } });
    const at = (name) => new URL(name, ${JSON.stringify(`${pathToFileURL(dir.path).href}/`)}).href;
    ${program}
  `;
  writeFileSync(dir.join("main.mjs"), main);
  const output = execFileSync(process.execPath, [dir.join("main.mjs")], { encoding: "utf8", cwd: dir.path });
  t.log(output);
  return output.trim();
}

const plugin = `
  import "reflect-metadata";
  import { definePlugin, Token, "odd name" as odd } from "@dunnage/core";
  import * as inversify from "inversify";
  export default definePlugin({ Token, odd, same: inversify.Container === Token, seven: inversify.default });
`;

const sees = test.macro((t, name: string, text: string) => {
  const program = `const { default: plugin } = await import(at(${JSON.stringify(name)}));
    console.log(plugin.Token === Token, plugin.odd, plugin.same, plugin.seven);`;
  t.is(run(t, { [name]: text }, program), "true 1 true 7");
});

test("exposeModules – a plugin sees the daemon's objects – .mjs without node_modules", sees, "p.mjs", plugin);
test("exposeModules – a plugin sees the daemon's objects – .js without package.json", sees, "p.js", plugin);
test(
  "exposeModules – a plugin sees the daemon's objects – .mts with types",
  sees,
  "p.mts",
  `${plugin}; type A = string;`,
);
test(
  "exposeModules – a plugin sees the daemon's objects – .ts with types",
  sees,
  "p.ts",
  `${plugin}; type A = string;`,
);

test("exposeModules – wins – another copy is installed next to the plugin", (t) => {
  const files = {
    "p.mjs": plugin,
    "node_modules/@dunnage/core/package.json": `{"name":"@dunnage/core","type":"module","exports":"./index.js"}`,
    "node_modules/@dunnage/core/index.js": "export const definePlugin = () => 'other'; export class Token {}",
  };
  const program = `const { default: plugin } = await import(at("p.mjs")); console.log(plugin.Token === Token);`;
  t.is(run(t, files, program), "true");
});

test("exposeModules – a plugin's own files and packages load as ever – relative and bare imports", (t) => {
  const files = {
    "p.mjs": "import { a } from './lib/a.mjs'; import { b } from 'b'; export default a + b;",
    "lib/a.mjs": "import { Token } from '@dunnage/core'; export const a = Token.name;",
    "node_modules/b/package.json": `{"name":"b","type":"module","exports":"./index.js"}`,
    "node_modules/b/index.js": "export const b = '!';",
  };
  t.is(run(t, files, `console.log((await import(at("p.mjs"))).default);`), "Token!");
});

test("exposeModules – require gives the same objects – a CommonJS file", (t) => {
  const files = { "p.cjs": "module.exports = require('@dunnage/core').Token;" };
  t.is(run(t, files, `console.log((await import(at("p.cjs"))).default === Token);`), "true");
});

test("exposeModules – names the missing export – an import that the daemon does not have", (t) => {
  const files = { "p.mjs": "import { nothing } from '@dunnage/core';" };
  const program = `console.log(await import(at("p.mjs")).catch((error) => error.message));`;
  t.regex(run(t, files, program), /@dunnage\/core' does not provide an export named 'nothing'/);
});

test("exposeModules – resolves nothing any more – disposed", (t) => {
  const program = `exposed[Symbol.dispose]();
    console.log(await import(at("p.mjs")).catch((error) => error.code));`;
  t.is(run(t, { "p.mjs": plugin }, program), "ERR_MODULE_NOT_FOUND");
});
