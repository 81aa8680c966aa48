import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A directory that disappears with its owner. */
export function openTempDir(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), "ttrpc-"));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
