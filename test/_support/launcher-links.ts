import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { runCommandOk } from "./command.ts";
import { testTag } from "./containerd.ts";
import { searchPath, toShimBinary } from "./runtime-under-test.ts";

/** A directory for containerd's search path with one launcher per name, each a link to the built launcher. */
export class LauncherLinks implements Disposable {
  readonly dir: string = mkdtempSync(`/run/${testTag}bin-`);

  static async make(...runtimes: readonly string[]): Promise<LauncherLinks> {
    const links = new LauncherLinks();
    const find = ["-c", `command -v ${toShimBinary("io.containerd.dunnage-runc.v1")}`];
    const launcher = (await runCommandOk("/bin/sh", find, { env: { PATH: searchPath } })).trim();
    for (const runtime of runtimes) symlinkSync(launcher, join(links.dir, toShimBinary(runtime)));
    return links;
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
