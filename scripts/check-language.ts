/** Checks that documents use the words of the field: none may contain a phrase of language/glossary.ts. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findFaults } from "./language/glossary.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DOCUMENTS = [
  "*.md",
  "docs/**/*.md",
  "packages/*/README.md",
  "packages/cli/templates/*/README.md",
  "examples/*/README.md",
];
const GENERATED = "docs/compatibility.md";

const files = globSync(DOCUMENTS, { cwd: ROOT, exclude: [GENERATED] }).sort();
for (const file of files) {
  for (const { line, found, instead } of findFaults(readFileSync(join(ROOT, file), "utf8"))) {
    console.error(`${file}:${line}: "${found}": write ${instead}`);
    process.exitCode = 1;
  }
}
