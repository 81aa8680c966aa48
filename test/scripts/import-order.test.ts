import test from "ava";
import { findViolations } from "../../scripts/imports/import-order.ts";

const entryPoints = { "@dunnage/core": "index.ts", "@dunnage/core/client": "client/index.ts" };
const find = (file: string, text: string): readonly string[] => findViolations(file, text, entryPoints);

for (const [what, file, text, expected] of [
  ["a stage before it", "core/src/io/a.ts", 'import { b } from "../task/b.ts";', "io/ must not import task/b.ts"],
  ["a type of it", "core/src/io/a.ts", 'import type { B } from "../task/b.ts";', "io/ must not import task/b.ts"],
  ["a re-export", "core/src/io/a.ts", 'export {\n  b,\n} from "../task/b.ts";', "io/ must not import task/b.ts"],
  ["a dynamic import", "core/src/io/a.ts", 'await import("../task/b.ts");', "io/ must not import task/b.ts"],
  ["core by its name", "core/src/io/a.ts", 'import { b } from "@dunnage/core";', "io/ must not import index.ts"],
  ["an entry point", "core/src/io/a.ts", 'import "@dunnage/core/client";', "io/ must not import client/index.ts"],
  ["another package", "policy/src/a.ts", 'import "@dunnage/runtime-runc";', "policy must not import runtime-runc"],
  ["a package above", "ttrpc/src/a.ts", 'import "@dunnage/core";', "ttrpc must not import core/src/index.ts"],
  ["a file above", "ttrpc/src/a.ts", 'import "../../core/src/io/a.ts";', "ttrpc must not import core/src/io/a.ts"],
  [
    "a call from the state",
    "core/src/task/container/a.ts",
    'import "../calls/b.ts";',
    "must not import task/calls/b.ts",
  ],
] as const) {
  test(`check-imports – refuses – ${what}`, (t) => {
    t.deepEqual(find(file, text), [`packages/${file}: ${expected}`]);
  });
}

for (const [what, file, text] of [
  ["a stage after it", "core/src/task/a.ts", 'import { b } from "../io/b.ts";'],
  ["a leaf", "core/src/native/a.ts", 'import { b } from "../errors/errors.ts";'],
  ["a package below", "core/src/io/a.ts", 'import { Code } from "@dunnage/ttrpc";'],
  ["its own package", "policy/src/schemes.ts", 'import("@dunnage/policy");'],
  ["other software", "core/src/io/a.ts", 'import { readFileSync } from "node:fs";'],
  ["an example in a comment", "core/src/io/a.ts", ' * import { b } from "../task/b.ts";'],
] as const) {
  test(`check-imports – allows – ${what}`, (t) => t.deepEqual(find(file, text), []));
}
