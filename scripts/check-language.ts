/**
 * Documents, comments, messages and test titles are in the words of their field: none uses a phrase of
 * language/glossary.ts.
 */
import { globSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { findFaults } from "./language/glossary.ts";

const rootDir = resolve(import.meta.dirname, "..");
const documents = [
  "*.md",
  "docs/**/*.md",
  "packages/*/README.md",
  "packages/core/src/**/*.md",
  "packages/guardian/PROTOCOL.md",
  "packages/cli/templates/*/README.md",
  "examples/*/README.md",
];
const generated = "docs/compatibility.md";

const sources = ["{packages,examples}/*/{src,test}/**/*.ts", "{test,scripts,bench}/**/*.ts"];
const generatedSources = [
  "**/node_modules/**",
  "packages/core/src/proto/**",
  "scripts/language/glossary.ts",
  "test/scripts/glossary.test.ts",
];

function check(file: string, kind: "markdown" | "typescript"): void {
  for (const { line, found, instead } of findFaults(readFileSync(join(rootDir, file), "utf8"), kind)) {
    console.error(`${file}:${line}: "${found}": write ${instead}`);
    process.exitCode = 1;
  }
}

for (const file of globSync(documents, { cwd: rootDir, exclude: [generated] }).sort()) check(file, "markdown");
for (const file of globSync(sources, { cwd: rootDir, exclude: generatedSources }).sort()) check(file, "typescript");
