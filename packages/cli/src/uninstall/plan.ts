import { join } from "node:path";
import { runtimesOf, runtimesPath } from "../containerd/containerd-config.ts";
import { parseRuntimeType, toLauncher } from "../containerd/runtime-name.ts";
import type { Change } from "../install/changes.ts";
import type { Host } from "../install/host.ts";
import { findLinks, type Link } from "../install/launchers.ts";
import { defaultLinkDir, type Plan } from "../install/plan.ts";
import { defaultRuntime, ourHandlers, unregister } from "../install/registration.ts";

/**
 * Plans the removal of what `dunnage install` added; changes nothing.
 * @throws {StatusError} FailedPrecondition – a file was edited in a way that cannot be undone safely.
 */
export function planUninstall(host: Host, linkDir = defaultLinkDir): Plan {
  const changes: Change[] = [];
  const warnings: string[] = [];
  const { files, version } = host.containerd;
  const path = files.length === 0 ? [] : runtimesPath(host.containerd);
  for (const file of files) {
    const after = unregister({ ...file, version, runtimesPath: path }, needsDefault(host));
    const handlers = ourHandlers(file.value, path);
    if (after !== file.text) changes.push({ kind: "file", path: file.path, before: file.text, after });
    else if (handlers.length > 0) {
      warnings.push(`${file.path}: has ${handlers.join(", ")}, which is not by dunnage install: it stays`);
    }
  }
  changes.push(...links(host, linkDir).map((link): Change => ({ kind: "unlink", ...link })));
  return { runtimes: ourRuntimes(host), changes, warnings };
}

/** Whether runtimes remain that are not ours. If so, containerd's default runtime must stay in the file. */
function needsDefault({ containerd }: Host): boolean {
  const runtimes = runtimesOf(containerd);
  const ours = new Set([...ourHandlers({ runtimes }, ["runtimes"]), defaultRuntime.handler]);
  return Object.keys(runtimes).some((handler) => !ours.has(handler));
}

function ourRuntimes({ containerd }: Host): string[] {
  return Object.values(runtimesOf(containerd)).flatMap((table) => parseRuntimeType(table["runtime_type"]) ?? []);
}

function links(host: Host, linkDir: string): readonly Link[] {
  const names = [...host.installation.runtimes, ...Object.keys(host.config.runtimes), ...ourRuntimes(host)];
  return findLinks(
    host.installation,
    names.map((name) => join(linkDir, toLauncher(name))),
  );
}
