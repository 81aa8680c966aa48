import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Creates a temporary directory that is removed when it is disposed. */
export function openTempDir(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "ttrpc-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
