import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that is removed with its contents on dispose. */
export class TempDir implements Disposable {
  readonly path: string = mkdtempSync(join(tmpdir(), "dunnage-cli-"));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
