import test from "ava";
import { findFaults } from "../../scripts/language/glossary.ts";

const found = (text: string): readonly string[] => findFaults(text).map((fault) => `${fault.line} ${fault.found}`);

test("glossary – a phrase to avoid – is found with its line and what to write", (t) => {
  t.deepEqual(findFaults("# Title\n\nThe client is told."), [
    { line: 3, found: "told", instead: "reported, notified" },
  ]);
});

test("glossary – a phrase in upper case, across a line end, several – all are found in order", (t) => {
  t.deepEqual(found("Nobody reads it.\nWhat the option\nsays goes\nbefore it, and the client gives it up."), [
    "1 Nobody",
    "3 goes before",
    "4 gives it up",
  ]);
});

test("glossary – part of a word – is no phrase", (t) => {
  t.deepEqual(found("Besides, it is allowed for an untold number of recommended uses."), []);
});

test("glossary – code and comments – are not looked at, and keep the count of lines", (t) => {
  const text =
    'As `the client is told`:\n\n<!-- cut file "told" -->\n\n```ts\n// told\n```\n\n1. `x`\n\n   ```sh\n   told\n   ```\ntold\n';
  t.deepEqual(found(text), ["14 told"]);
});

test("glossary – TypeScript – comments, messages and titles are looked at, and code in them is not", (t) => {
  const text = [
    "/** The client is",
    " * told. `told` */",
    'const told = "told // told"; // a told reader',
    "// See told",
    "told(told);",
    `test("told"); const path = \`/\${told}/told\`;`,
    `test("a client \\" is told", told); throw new Error(\`\${told} is over\`);`,
  ].join("\n");
  t.deepEqual(
    findFaults(text, "typescript").map(({ line, found: phrase }) => `${line} ${phrase}`),
    ["2 told", "3 told", "3 told", "3 told", "4 told", "7 told", "7 is over"],
  );
});
