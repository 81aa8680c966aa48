import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dirname, "../leak-check.sh");

/**
 * Compares the whole machine before a run and after it. Each test file looks after what bears its own name; this finds what bears no
 * name. Only for machines that do nothing else: CI's.
 */
export class MachineLeaks implements Disposable {
  readonly #dir = mkdtempSync(join(tmpdir(), "machine-leaks-"));

  /** Takes the first look. */
  static begin(): MachineLeaks {
    // Made by the first container ever, and by CRI's first; they are the host's and stay.
    for (const runtime of ["runc", "crun", "runsc"])
      mkdirSync(join("/run/containerd", runtime, "k8s.io"), { recursive: true });
    const leaks = new MachineLeaks();
    leaks.#run("snapshot");
    return leaks;
  }

  /** Takes the second look; returns a line for each thing that is there now and was not. */
  compare(): readonly string[] {
    return this.#run("compare", "--wait", "30").split("\n").filter(Boolean);
  }

  [Symbol.dispose](): void {
    rmSync(this.#dir, { recursive: true });
  }

  #run(action: string, ...more: readonly string[]): string {
    const { stdout, stderr, status } = spawnSync("sh", [script, action, join(this.#dir, "before"), ...more], {
      encoding: "utf8",
    });
    if (status === null || status > 1) throw new Error(`leak-check.sh ${action}: ${stderr}`);
    return stdout;
  }
}
