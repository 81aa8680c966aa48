import { spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import { compileCache } from "../../packages/core/test/_support/compile-cache.ts";
import { runInVm } from "../vm/run.ts";
import { AvaOutput, type AvaResult } from "./ava-output.ts";
import { bundleAva } from "./bundled-ava.ts";
import { directoryOf, type Leg } from "./legs.ts";

const root = resolve(import.meta.dirname, "../..");
const vmTimeoutMs = 30 * 60_000;

/**
 * Runs the files of a leg; `print` gets the output line by line. Titles of end-to-end tests start with the leg's name.
 */
export async function runLeg(leg: Leg, print: (line: string) => void): Promise<AvaResult> {
  const output = new AvaOutput(labelOf(leg));
  const onLine = (line: string): void => {
    const shown = output.line(line);
    if (shown !== "") print(shown);
  };
  if (!leg.isInVm) return output.end(leg.name, await runAva(leg, onLine));
  if (process.arch !== "x64") {
    onLine("  - [skip] all of it");
    return output.end(leg.name, 0);
  }
  return output.end(leg.name, await runFilesInVm(leg.files, onLine));
}

/** Returns the label of a leg's titles. It includes the file if there is only one, since ava then omits it. */
function labelOf({ name, dir, files }: Leg): string {
  const where = dir === "." ? [name] : [];
  const [file = ""] = files;
  const alone =
    files.length === 1
      ? file
          .replace(/^test\//, "")
          .replace(/\.test\.ts$/, "")
          .split("/")
      : [];
  return [...where, ...alone].map((part) => `${part} › `).join("");
}

async function runAva(leg: Leg, onLine: (line: string) => void): Promise<number | null> {
  const child = spawn(process.execPath, [await bundleAva(), ...leg.files], {
    cwd: directoryOf(leg),
    env: { ...process.env, ...cacheEnv(), ...leg.env, NO_COLOR: "1", FORCE_COLOR: "0", TERM: "dumb" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = new Promise<number | null>((done, fail) => child.once("error", fail).once("close", done));
  for await (const line of createInterface({ input: child.stdout })) onLine(line);
  return exited;
}

/**
 * Returns the compile cache's variable for ava, its workers and the Node processes that tests start. The launchers of
 * shims remove it. With a cache, V8 counts coverage less exactly, so there is none then.
 */
function cacheEnv(): Record<string, string> {
  return process.env["NODE_V8_COVERAGE"] ? {} : { NODE_COMPILE_CACHE: compileCache };
}

/** Runs files in the VM, as if a user had named them. */
async function runFilesInVm(files: readonly string[], onLine: (line: string) => void): Promise<number> {
  await bundleAva(); // in the VM it would take longer, and be lost
  // containerd creates these directories when it runs for the first time, so they are not a leak.
  const command = [
    `cd '${root}'`,
    "mkdir -p /run/containerd/runc /run/containerd/s",
    `CI=true exec node_modules/node/bin/node scripts/test.ts --on 1.6 --jobs 1 --attempts 1 ${files.join(" ")}`,
  ];
  try {
    return await runInVm(command.join(" && "), onLine, AbortSignal.timeout(vmTimeoutMs));
  } catch (error) {
    onLine(`  ✘ [fail]: ${error instanceof Error ? error.message : error}`);
    return 1;
  }
}
