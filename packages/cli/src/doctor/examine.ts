import { checkCgroups } from "./checks/cgroups.ts";
import { checkConfiguration } from "./checks/configuration.ts";
import { checkContainerd } from "./checks/containerd.ts";
import { checkKernel } from "./checks/kernel.ts";
import { checkLeftOvers } from "./checks/left-overs.ts";
import { checkPermissions } from "./checks/permissions.ts";
import { checkRegistration } from "./checks/registration.ts";
import { checkRuntimes } from "./checks/runtimes.ts";
import { type Finding, failure } from "./finding.ts";
import type { Surroundings } from "./surroundings.ts";

/** Findings of one part of the host. */
export interface Section {
  readonly area: string;
  readonly findings: readonly Finding[];
}

const areas = {
  kernel: checkKernel,
  cgroups: checkCgroups,
  runtimes: checkRuntimes,
  configuration: checkConfiguration,
  containerd: checkContainerd,
  registration: checkRegistration,
  permissions: checkPermissions,
  "left-overs": checkLeftOvers,
} as const satisfies Record<string, (surroundings: Surroundings) => Finding[] | Promise<Finding[]>>;

/** Runs all checks, one after the other. A check that fails is a finding too. */
export async function examine(surroundings: Surroundings): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const [area, check] of Object.entries(areas)) {
    const findings = await (async () => check(surroundings))().catch((error: Error) => [
      failure(area, error.message, "make it readable, then look again"),
    ]);
    sections.push({ area, findings });
  }
  return sections;
}
