import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const repository = join(import.meta.dirname, "../..");

/** containerd's own shim, the reference: the tests assert its behaviour. */
export const referenceRuntime = "io.containerd.runc.v2";

/** Name of the runtime that the tests use; overridden by `DUNNAGE_TEST_RUNTIME`. */
export const runtimeUnderTest: string = process.env["DUNNAGE_TEST_RUNTIME"] || "io.containerd.dunnage-runc.v1";

/** Whether the tests run against containerd's own shim, to prove that they assert its behaviour. */
export const isReference: boolean = runtimeUnderTest === referenceRuntime;

/**
 * Search path that finds the launchers first: the built ones, or those of an installation whose `bin` is named by
 * `DUNNAGE_TEST_BIN`.
 */
export const searchPath: string = [
  process.env["DUNNAGE_TEST_BIN"] || join(repository, "dist/bin"),
  ...new Set(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]),
].join(delimiter);

/**
 * Returns the file name of a runtime's shim.
 * @see https://github.com/containerd/containerd/blob/main/core/runtime/v2/README.md
 */
export function toShimBinary(runtime: string): string {
  return `containerd-shim-${runtime.split(".").slice(-2).join("-")}`;
}

/** Returns the path of a shim, found as containerd finds it. */
export function pathOfShim(runtime: string): string {
  const name = toShimBinary(runtime);
  const path = searchPath
    .split(delimiter)
    .map((dir) => join(dir, name))
    .find(existsSync);
  if (path === undefined) throw new Error(`no ${name} in ${searchPath}`);
  return path;
}
