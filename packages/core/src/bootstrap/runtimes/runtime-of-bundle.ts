import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

const launcherName = /^containerd-shim-dunnage-(.+)-v\d+$/;

/**
 * Returns the name of the adapter that containerd recorded in a bundle (the launcher's path, since 1.7); undefined:
 * none.
 */
export function runtimeOfBundle(bundle: string): string | undefined {
  try {
    return launcherName.exec(basename(readFileSync(join(bundle, "shim-binary-path"), "utf8").trim()))?.[1];
  } catch {
    return undefined;
  }
}
