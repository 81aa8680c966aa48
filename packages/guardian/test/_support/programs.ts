import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const rootDir = resolve(import.meta.dirname, "../../../..");
const packageDir = join(rootDir, "packages/guardian");
const sanitizers = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"];

/** Paths of the programs that the tests run. */
export interface Programs {
  /** The guardian with AddressSanitizer and UndefinedBehaviorSanitizer. */
  readonly sanitized: string;
  /** The guardian as it is installed. */
  readonly plain: string;
  /** The worker of worker.c. */
  readonly worker: string;
}

/** Compiles the programs with gcc, in .cache. Programs that exist already are used again. */
export function buildPrograms(): Programs {
  const sources = globSync("{src,test/_support}/*.{c,h}", { cwd: packageDir }).sort();
  const script = join(packageDir, "build.sh");
  const hash = createHash("sha256")
    .update(readFileSync(script))
    .update(readFileSync(import.meta.filename));
  for (const file of sources) hash.update(file).update(readFileSync(join(packageDir, file)));
  const dir = join(rootDir, ".cache/guardian", hash.digest("hex").slice(0, 12));
  if (!existsSync(dir)) compile(dir, script);
  return { sanitized: join(dir, "sanitized"), plain: join(dir, "plain"), worker: join(dir, "worker") };
}

function compile(dir: string, script: string): void {
  const stage = `${dir}.${process.pid}`;
  mkdirSync(stage, { recursive: true });
  const run = (file: string, ...args: string[]) => execFileSync(file, args, { stdio: "inherit" });
  run("sh", script, join(stage, "plain"));
  run("sh", script, join(stage, "sanitized"), ...sanitizers);
  const worker = join(packageDir, "test/_support/worker.c");
  run("gcc", "-std=c11", "-O1", "-g", "-Wall", "-Wextra", "-Werror", "-o", join(stage, "worker"), worker);
  try {
    renameSync(stage, dir);
  } catch (error) {
    // Another test file has compiled the same.
    if (!existsSync(dir)) throw error;
    rmSync(stage, { recursive: true });
  }
}
