/**
 * Builds the npm packages that plugins depend on: compiled JavaScript and types, no sources. They go to
 * .cache/packages/HASH, where HASH changes with their content. Existing packages are not built again.
 * Prints the directory.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const rootDir = resolve(import.meta.dirname, "..");
/** In order of dependency: each package comes before those that need it. */
const packageNames = ["ttrpc", "core"] as const;
/** Folders that are copied, not compiled: generated code, and the definitions that the testing tools read. */
const asItIs = ["proto/gen", "proto/def"];

/** Returns the directory of the packages, which are called `dunnage-NAME-VERSION.tgz`. */
export function packPackages(): string {
  const dir = join(rootDir, ".cache/packages", contentHash());
  if (existsSync(dir)) return dir;
  const stage = `${dir}.${process.pid}`;
  mkdirSync(stage, { recursive: true });
  try {
    for (const name of packageNames) compile(name);
    for (const name of packageNames) pack(name, stage);
    if (!existsSync(dir)) renameSync(stage, dir);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
  return dir;
}

function contentHash(): string {
  const patterns = packageNames.flatMap((name) =>
    ["src/**/*.*", "*.json", "README.md"].map((it) => `packages/${name}/${it}`),
  );
  const files = globSync([...patterns, "tsconfig.base.json", "scripts/pack.ts"], { cwd: rootDir }).sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\n`).update(readFileSync(join(rootDir, file)));
  return hash.digest("hex").slice(0, 12);
}

function compile(name: string): void {
  const dir = join(rootDir, "packages", name);
  rmSync(join(dir, "dist"), { recursive: true, force: true });
  execFileSync(join(rootDir, "node_modules/.bin/tsc"), ["-p", join(dir, "tsconfig.build.json")], { stdio: "inherit" });
  for (const part of asItIs) {
    if (existsSync(join(dir, "src", part))) {
      cpSync(join(dir, "src", part), join(dir, "dist", part), { recursive: true });
    }
  }
}

/** Packs with pnpm, which replaces `workspace:*` with versions, and the exports of the sources with `publishConfig`. */
function pack(name: string, destination: string): void {
  const { packageManager } = JSON.parse(readFileSync(join(rootDir, "package.json"), "utf8"));
  const args = ["--yes", packageManager, "pack", "--pack-destination", destination];
  execFileSync("npx", args, { cwd: join(rootDir, "packages", name), stdio: ["ignore", "ignore", "inherit"] });
}

if (process.argv[1] === import.meta.filename) console.log(packPackages());
