import test from "ava";
import { isOwnOrAbove } from "../../src/cgroups/ancestor.ts";

const own = "4:memory:/a/b\n0::/c\n";
const cases: readonly [path: string, text: string, expected: boolean][] = [
  ["/", own, true],
  ["/a", own, true],
  ["/a/b", own, true],
  ["/a/b/", own, true],
  ["/x/../a", own, true],
  ["/c", own, true],
  ["/a/b/x", own, false],
  ["/a/bb", own, false],
  ["/ns/id", "0::/\n", false],
  ["/..", "0::/\n", true],
  [".", own, true],
  ["../..", own, true],
  ["x", own, false],
  ["", own, false],
];
for (const [path, text, expected] of cases) {
  test(`isOwnOrAbove – ${JSON.stringify(path)} of ${JSON.stringify(text)} – ${expected}`, (t) => {
    t.is(isOwnOrAbove(path, text), expected);
  });
}
