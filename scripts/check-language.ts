/** Documents and comments are in the words of their field: none uses a phrase of language/glossary.ts. */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findFaults } from "./language/glossary.ts";

const ROOT = resolve(import.meta.dirname, "..");
const DOCUMENTS = [
  "*.md",
  "docs/**/*.md",
  "packages/*/README.md",
  "packages/core/src/**/*.md",
  "packages/guardian/PROTOCOL.md",
  "packages/cli/templates/*/README.md",
  "examples/*/README.md",
];
const GENERATED = "docs/compatibility.md";

const SOURCES = ["{packages,examples}/*/{src,test}/**/*.ts", "{test,scripts,bench}/**/*.ts"];
const GENERATED_SOURCES = [
  "**/node_modules/**",
  "packages/core/src/proto/**",
  "scripts/language/glossary.ts",
  "test/scripts/glossary.test.ts",
];

function check(file: string, kind: "markdown" | "typescript"): void {
  for (const { line, found, instead } of findFaults(readFileSync(join(ROOT, file), "utf8"), kind)) {
    console.error(`${file}:${line}: "${found}": write ${instead}`);
    process.exitCode = 1;
  }
}

for (const file of globSync(DOCUMENTS, { cwd: ROOT, exclude: [GENERATED] }).sort()) check(file, "markdown");
for (const file of globSync(SOURCES, { cwd: ROOT, exclude: GENERATED_SOURCES }).sort()) check(file, "typescript");
