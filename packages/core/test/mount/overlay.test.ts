import test from "ava";
import { lowerDirIndex, replaceLowerDirs, splitLowerDirs, unescapeLowerDir } from "../../src/mount/overlay.ts";

const option = String.raw`lowerdir=/a\:b:/c\\d::/data`;

test("lowerDirIndex – overlay, overlay without layers, another type – where it stands, or -1", (t) => {
  const mount = (type: string, ...options: string[]) => ({ type, source: "x", target: "", options });
  t.is(lowerDirIndex(mount("overlay", "ro", "lowerdir=/a")), 1);
  t.is(lowerDirIndex(mount("overlay", "upperdir=/a")), -1);
  t.is(lowerDirIndex(mount("bind", "lowerdir=/a")), -1);
});

test("splitLowerDirs, unescapeLowerDir – colons and backslashes in names – belong to them", (t) => {
  t.deepEqual(splitLowerDirs(option).map(unescapeLowerDir), ["/a:b", String.raw`/c\d`, "/data"]);
});

test("replaceLowerDirs – data layers stay apart, odd paths are escaped", (t) => {
  t.is(
    replaceLowerDirs(option, (index) => `/x:y/${index}`),
    String.raw`lowerdir=/x\:y/0:/x\:y/1::/x\:y/2`,
  );
});
