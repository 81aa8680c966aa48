import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding, failure, ok } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

/**
 * The oldest kernel that Node's own builds support.
 * @see https://github.com/nodejs/node/blob/main/BUILDING.md#platform-list
 */
const oldest = [4, 18] as const;

/** Checks the kernel's release. */
export function checkKernel({ proc }: Surroundings): Finding[] {
  const release = readFileSync(join(proc, "sys/kernel/osrelease"), "utf8").trim();
  const [major = 0, minor = 0] = release.split(/[.-]/).map(Number);
  const isOld = major < oldest[0] || (major === oldest[0] && minor < oldest[1]);
  const message = `Linux ${release}, ${process.arch}`;
  return [isOld ? failure("kernel", message, `use Linux ${oldest.join(".")} or newer`) : ok("kernel", message)];
}
