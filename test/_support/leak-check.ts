import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestFn } from "ava";
import { runCommandOk } from "./command.ts";
import { testTag } from "./containerd.ts";

const script = join(import.meta.dirname, "../../scripts/leak-check.sh");

/**
 * Compares the machine before the first and after the last test of a file. Looks at everything when `CI` is set (test
 * files run one at a time there), otherwise only at what bears the name of this test process.
 */
export function checkLeaks(test: TestFn): void {
  const dir = mkdtempSync(join(tmpdir(), "leak-check-"));
  const scope = process.env["CI"] ? [] : ["--scope", testTag];
  test.serial.before("leak check – snapshot", async () => {
    // Made by the first container ever, and by CRI's first; they are the host's and stay.
    for (const runtime of ["runc", "crun", "runsc"])
      mkdirSync(join("/run/containerd", runtime, "k8s.io"), { recursive: true });
    await runCommandOk("sh", [script, "snapshot", join(dir, "before"), ...scope]);
  });
  test.after.always("leak check – nothing is left", async () => {
    try {
      await runCommandOk("sh", [script, "compare", join(dir, "before"), "--wait", "30", ...scope], {
        timeoutMs: 180_000,
      });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });
}
