/**
 * The packages have an order, and the folders of packages/core/src are stages in a fixed order. A stage imports only
 * from the stages after it. Within task/, hooks/ and io/ there is an order as well.
 */
import { globSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { findViolations, orders } from "./imports/import-order.ts";

const packagesDir = resolve(import.meta.dirname, "../packages");

/** Returns core's entry points: the name by which others import each, and its file below src. */
function readEntryPoints(): Record<string, string> {
  const manifest = JSON.parse(readFileSync(join(packagesDir, "core/package.json"), "utf8"));
  const entries = Object.entries(manifest.exports as Record<string, string>);
  return Object.fromEntries(entries.map(([name, file]) => [join("@dunnage/core", name), relative("src", file)]));
}

const entryPoints = readEntryPoints();
const files = globSync("*/{src,bin}/**/*.ts", { cwd: packagesDir, exclude: ["**/node_modules/**", "**/proto/gen/**"] });
const all = files
  .sort()
  .flatMap((file) => findViolations(file, readFileSync(join(packagesDir, file), "utf8"), entryPoints));
for (const line of all) console.error(line);
if (all.length > 0) {
  for (const order of orders) console.error(order);
  process.exitCode = 1;
}
