import { delimiter } from "node:path";
import { failedPrecondition, notFound, suggestion } from "@dunnage/core";
import { type Config, findPluginFile, isPluginUse } from "@dunnage/core/internal";
import { disabledCri } from "../containerd/containerd-config.ts";
import { findExecutable } from "../containerd/containerd-program.ts";
import type { Change } from "./changes.ts";
import type { Host } from "./host.ts";
import { toLink } from "./launchers.ts";
import { planRegistration } from "./plan-registration.ts";

/** Directory for links to launchers, unless the user names another one. It is in every service's search path. */
export const defaultLinkDir = "/usr/local/bin";

/** The changes to make, and what the user should know. */
export interface Plan {
  /** Names of the adapters that the plan is about. */
  readonly runtimes: readonly string[];
  readonly changes: readonly Change[];
  readonly warnings: readonly string[];
}

/** What the user requested. */
export interface InstallRequest {
  /**
   * Names of runtimes; undefined: the adapters whose OCI runtime is on this host, and the runtimes of plugins that the
   * configuration names.
   */
  readonly runtimes?: readonly string[] | undefined;
  /** Directory for links to launchers. Default: `defaultLinkDir`. */
  readonly linkDir?: string | undefined;
  /** Undefined: the same as for containerd's default runtime. */
  readonly systemdCgroup?: boolean | undefined;
}

/**
 * Plans an installation; changes nothing.
 * @param userPath search path of the user, in which OCI runtimes are looked up.
 * @throws {StatusError} NotFound – an unknown runtime; FailedPrecondition – something cannot be done safely, or a
 *   package of the configuration cannot be found.
 */
export function planInstall(host: Host, request: InstallRequest, userPath: string): Plan {
  const { runtimes, skipped } = chooseRuntimes(host, request.runtimes, userPath);
  const { linkDir = defaultLinkDir } = request;
  const links = runtimes.flatMap(
    (name) => toLink(name, host.installation, { linkDir, searchPath: host.searchPath }) ?? [],
  );
  const changes: Change[] = links.map((link) => ({ kind: "link", ...link }));
  changes.push(...planRegistration(host.containerd, runtimes, request.systemdCgroup));
  const warnings = skipped.map(
    (name) => `${name} is not on this host: omitted; --runtime ${name} takes it all the same`,
  );
  const disabled = disabledCri(host.containerd);
  if (disabled !== undefined) {
    warnings.push(
      `containerd's CRI plugin is off (disabled_plugins has ${disabled}): Kubernetes will not see the runtimes`,
    );
  }
  if (links.length > 0 && !host.searchPath.split(delimiter).includes(linkDir)) {
    warnings.push(`containerd does not look for launchers in ${linkDir}, but in ${host.searchPath}`);
  }
  return { runtimes, changes, warnings };
}

function requirePackage(name: string, use: string, { packageRoots }: Config): void {
  try {
    findPluginFile(use, packageRoots);
  } catch (error) {
    throw failedPrecondition(`[runtimes.${name}] use = ${JSON.stringify(use)}: ${(error as Error).message}`);
  }
}

interface Choice {
  readonly runtimes: readonly string[];
  readonly skipped: readonly string[];
}

function chooseRuntimes(
  { installation, config }: Host,
  asked: readonly string[] | undefined,
  userPath: string,
): Choice {
  const known = [...new Set([...installation.runtimes, ...Object.keys(config.runtimes)])];
  const stranger = asked?.find((name) => !known.includes(name));
  if (stranger !== undefined) {
    throw notFound(`no runtime ${stranger} here, but ${known.join(", ")}${suggestion(stranger, known)}`);
  }
  if (asked !== undefined) return { runtimes: [...new Set(asked)], skipped: [] };
  const isThere = (name: string): boolean => {
    const { use = "", binary = name } = config.runtimes[name] ?? {};
    if (use.startsWith("package:")) requirePackage(name, use, config);
    return isPluginUse(use) || findExecutable(binary, userPath) !== undefined;
  };
  const runtimes = known.filter(isThere);
  if (runtimes.length === 0) {
    throw notFound(`none of ${known.join(", ")} is on this host; --runtime NAME takes one all the same`);
  }
  return { runtimes, skipped: known.filter((name) => !isThere(name)) };
}
