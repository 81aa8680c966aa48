import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import test, { type ExecutionContext } from "ava";
import { trustedPath } from "../../../src/hooks/loader/trusted-file.ts";
import { TempDir } from "../../_support/temp-dir.ts";

function setUp(t: ExecutionContext) {
  const dir = new TempDir();
  t.teardown(() => dir[Symbol.dispose]());
  mkdirSync(dir.join("sub"), { mode: 0o755 });
  const file = dir.join("sub", "p.mjs");
  writeFileSync(file, "", { mode: 0o644 });
  return { dir, file };
}

test("trustedPath – returns the real path – a link to a file of our own", (t) => {
  const { dir, file } = setUp(t);
  t.is(trustedPath(file), file);
  symlinkSync(file, dir.join("link.mjs"));
  t.is(trustedPath(dir.join("link.mjs")), file);
});

const refuses = test.macro((t, spoil: (paths: { dir: TempDir; file: string }) => void, message: RegExp) => {
  const paths = setUp(t);
  spoil(paths);
  t.throws(() => trustedPath(paths.file), { message });
});

test(
  "trustedPath – refuses – the group may write to the file",
  refuses,
  ({ file }) => chmodSync(file, 0o664),
  /p\.mjs is writable by its group or by others \(mode 664\)/,
);
test(
  "trustedPath – refuses – others may write to a parent",
  refuses,
  ({ dir }) => chmodSync(dir.path, 0o707),
  /is writable by .* \(mode 707\)/,
);
test("trustedPath – refuses – a directory, or nothing at all", (t) => {
  const { dir } = setUp(t);
  t.throws(() => trustedPath(dir.join("sub")), { message: /is not a regular file/ });
  t.throws(() => trustedPath(dir.join("nothing")), { code: "ENOENT" });
});

const asRoot = process.geteuid?.() === 0 ? test : test.skip;
asRoot(
  "trustedPath – refuses – the file is another user's",
  refuses,
  ({ file }) => chownSync(file, 1234, 0),
  /belongs to uid 1234, not to root/,
);
asRoot(
  "trustedPath – refuses – a sticky parent is another user's",
  refuses,
  ({ dir }) => {
    chmodSync(dir.path, 0o1777);
    chownSync(dir.path, 1234, 0);
  },
  /belongs to uid 1234/,
);
asRoot("trustedPath – accepts – a sticky parent is root's", (t) => {
  const { dir, file } = setUp(t);
  chmodSync(dir.path, 0o1777);
  t.is(trustedPath(file), file);
});
