import test from "ava";
import type { AvaResult } from "../../../scripts/suite/ava-output.ts";
import { type Features, formatCompatibility, isSame, unmatched } from "../../../scripts/suite/compatibility.ts";

const features: Features = {
  tables: [
    {
      heading: "on containerd",
      columns: [
        { heading: "1.6", leg: "containerd 1.6" },
        { heading: "2.1", leg: "containerd 2.1" },
        { heading: "2.3", leg: "containerd 1.6", only: "^later › " },
      ],
      rows: { run: ["^run › "], stop: ["^stop › one", "^later › "] },
    },
  ],
};
const names = new Map([["1.6", "1.6.20"]]);

function result(passed: readonly string[], skipped: readonly string[] = []): AvaResult {
  return { passed: [...passed], failed: [], skipped: [...skipped] };
}

/** Returns the rows of the table without its header. */
function rowsOf(text: string): readonly string[] {
  return text.trimEnd().split("\n").slice(-2);
}

test("formatCompatibility – tests that pass, that are missing, that could not run – have their marks", (t) => {
  const one = result(["containerd 1.6 › run › a", "containerd 1.6 › folder › later › b"]);
  const other = result([], ["containerd 2.1 › stop › one – more"]);
  const text = formatCompatibility(
    features,
    new Map([
      ["containerd 1.6", one],
      ["containerd 2.1", other],
    ]),
    names,
  );
  t.deepEqual(rowsOf(text), ["| run | ✓ | – | – |", "| stop | ✓ | ? | ✓ |"]);
  t.true(text.includes("| on containerd | 1.6.20 | 2.1 | 2.3 |\n| --- | :-: | :-: | :-: |\n"));
});

test("formatCompatibility – a leg that did not run – is not known", (t) => {
  const text = formatCompatibility(features, new Map([["containerd 2.1", result(["leg › run › a"])]]), names);
  t.deepEqual(rowsOf(text), ["| run | ? | ✓ | ? |", "| stop | ? | – | ? |"]);
});

test("isSame – patch versions and what is not known – may differ, nothing else", (t) => {
  const committed = "| on | 1.6.20 |\n| run | ✓ |\n";
  t.true(isSame("| on | 1.6.31 |\n| run | ? |\n", committed));
  t.false(isSame("| on | 1.6.20 |\n| run | – |\n", committed));
  t.false(isSame("| on | 1.7.20 |\n| run | ✓ |\n", committed));
  t.false(isSame("| on | 1.6.20 |\n", committed));
});

test("unmatched – patterns that no test matches – are named", (t) => {
  const results = new Map([["a", result(["leg › run › a"], ["stop › one"])]]);
  t.deepEqual(unmatched(features, results), ["^later › "]);
});
