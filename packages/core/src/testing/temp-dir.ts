import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory for one test; removed with everything in it. */
export class TempDir implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "dunnage-test-"));

  /** Path of an entry in it. */
  join(...names: string[]): string {
    return join(this.path, ...names);
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
