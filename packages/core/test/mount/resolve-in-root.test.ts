import { mkdirSync, symlinkSync } from "node:fs";
import test from "ava";
import fc from "fast-check";
import { resolveInRoot } from "../../src/mount/resolve-in-root.ts";
import { TempDir } from "../_support/temp-dir.ts";

function openRoot(): TempDir {
  const root = new TempDir();
  mkdirSync(root.join("a/b"), { recursive: true });
  symlinkSync("/etc", root.join("absolute"));
  symlinkSync("../../../../etc", root.join("a/up"));
  symlinkSync("b", root.join("a/sibling"));
  symlinkSync("loop", root.join("loop"));
  return root;
}

const rows = [
  ["", ""],
  ["/", ""],
  ["a/b", "a/b"],
  ["/a/./b/", "a/b"],
  ["a/missing/x", "a/missing/x"],
  ["../../etc", "etc"],
  ["a/../../..", ""],
  ["absolute/passwd", "etc/passwd"],
  ["a/up/passwd", "etc/passwd"],
  ["a/sibling/../up", "etc"],
] as const;
for (const [path, expected] of rows) {
  test(`resolveInRoot – ${JSON.stringify(path)} – ${JSON.stringify(`/${expected}`)}`, async (t) => {
    using root = openRoot();
    t.is(await resolveInRoot(root.path, path), expected === "" ? root.path : root.join(expected));
  });
}

test("resolveInRoot – a link to itself – an error", async (t) => {
  using root = openRoot();
  await t.throwsAsync(resolveInRoot(root.path, "loop"), { message: /too many symbolic links/ });
});

test("resolveInRoot – any path over these links – stays below the root", async (t) => {
  using root = openRoot();
  const name = fc.constantFrom("a", "b", "..", ".", "", "absolute", "up", "sibling", "x");
  await fc.assert(
    fc.asyncProperty(fc.array(name, { maxLength: 12 }), async (names) => {
      const resolved = await resolveInRoot(root.path, names.join("/"));
      t.true(resolved === root.path || resolved.startsWith(`${root.path}/`));
      t.false(resolved.split("/").includes(".."));
    }),
  );
});
