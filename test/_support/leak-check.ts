import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestFn } from "ava";
import { runCommandOk } from "./command.ts";
import { testTag } from "./containerd.ts";

const script = join(import.meta.dirname, "../../scripts/leak-check.sh");

/**
 * Checks after the last test of a file for leftovers with the name of this test process that did not exist before the
 * first test. Other files may run at the same time.
 */
export function checkLeaks(test: TestFn): void {
  const dir = mkdtempSync(join(tmpdir(), "leak-check-"));
  const scope = ["--scope", testTag];
  test.serial.before("leak check – snapshot", async () => {
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
