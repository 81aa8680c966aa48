import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import test, { type ExecutionContext } from "ava";
import { findPluginFile } from "../../../src/hooks/loader/plugin-file.ts";
import { TempDir } from "../../_support/temp-dir.ts";

function setUp(t: ExecutionContext, files: Readonly<Record<string, string>>): TempDir {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(dir.join(name)), { recursive: true });
    writeFileSync(dir.join(name), text, { mode: 0o644 });
  }
  return dir;
}

const finds = test.macro((t, exports: object, use: string, file: string) => {
  const dir = setUp(t, {
    "b/node_modules/@x/p/package.json": JSON.stringify({ name: "@x/p", type: "module", ...exports }),
    [`b/node_modules/@x/p/${file}`]: "",
  });
  t.is(findPluginFile(use, [dir.join("a"), dir.join("b/deeper")]), dir.join("b/node_modules/@x/p", file));
});
test("findPluginFile – a package of any root, or above it – main", finds, { main: "m.js" }, "package:@x/p", "m.js");
test(
  "findPluginFile – a package of any root, or above it – exports",
  finds,
  { exports: "./e.js" },
  "package:@x/p",
  "e.js",
);
test(
  "findPluginFile – a package of any root, or above it – exports for import alone",
  finds,
  { exports: { ".": { types: "./e.d.ts", import: "./i.js" } } },
  "package:@x/p",
  "i.js",
);
test(
  "findPluginFile – a package of any root, or above it – a subpath",
  finds,
  { exports: { "./s": "./s.js" } },
  "package:@x/p/s",
  "s.js",
);

test("findPluginFile – the first root wins – two have the package", (t) => {
  const manifest = JSON.stringify({ name: "p", main: "m.js" });
  const files = ["a", "b"].flatMap((root) => [
    [`${root}/node_modules/p/package.json`, manifest],
    [`${root}/node_modules/p/m.js`, ""],
  ]);
  const dir = setUp(t, Object.fromEntries(files));
  t.is(findPluginFile("package:p", [dir.join("b"), dir.join("a")]), dir.join("b/node_modules/p/m.js"));
});

test("findPluginFile – says where it looked and what helps – no such package", (t) => {
  const message =
    "no such package, looked for from /nowhere/a, /nowhere/b; npm install --prefix /nowhere/a p puts it there";
  t.throws(() => findPluginFile("package:p", ["/nowhere/a", "/nowhere/b"]), { message });
});

test("findPluginFile – refuses a package's file – the package does not export it", (t) => {
  const dir = setUp(t, { "node_modules/p/package.json": JSON.stringify({ name: "p", exports: { "./a": "./a.js" } }) });
  t.throws(() => findPluginFile("package:p", [dir.path]), { code: "ERR_PACKAGE_PATH_NOT_EXPORTED" });
});

test("findPluginFile – leaves resolution as it was – afterwards", (t) => {
  const dir = setUp(t, {
    "node_modules/p/package.json": JSON.stringify({ name: "p", exports: { import: "./a.js" } }),
    "node_modules/p/a.js": "",
  });
  t.is(findPluginFile("package:p", [dir.path]), dir.join("node_modules/p/a.js"));
  t.throws(() => process.getBuiltinModule("module").createRequire(dir.join("x.js")).resolve("p"), {
    code: "ERR_PACKAGE_PATH_NOT_EXPORTED",
  });
});
