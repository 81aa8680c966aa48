import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const script = join(import.meta.dirname, "../leak-check.sh");

/**
 * Compares the whole machine before and after a run. Each test file checks only for leaks that carry its own name; this
 * check finds those without a name. Only for machines that do nothing else, such as CI's.
 */
export class MachineLeaks implements Disposable {
  readonly #dir = mkdtempSync(join(tmpdir(), "machine-leaks-"));

  /** Takes the snapshot before the run. */
  static begin(): MachineLeaks {
    // The first container ever, and CRI's first, create these directories. They belong to the host and stay.
    for (const runtime of ["runc", "crun", "runsc"]) {
      mkdirSync(join("/run/containerd", runtime, "k8s.io"), { recursive: true });
    }
    const leaks = new MachineLeaks();
    leaks.#run("snapshot");
    return leaks;
  }

  /** Compares with the snapshot; returns a line for each thing that is new. */
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
