import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { trustedPath } from "@dunnage/core/internal";
import { readContainerdConfig } from "../../containerd/containerd-config.ts";
import { toLauncher } from "../../containerd/runtime-name.ts";
import { readInstallation } from "../../install/launchers.ts";
import { type Finding, failure, ok, warning } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

/** Checks who may change what runs as root, and who may talk to the daemons. */
export function checkPermissions(surroundings: Surroundings): Finding[] {
  const { containerdConfig, libDir, runtimeDir } = surroundings;
  const { binDir, runtimes } = readInstallation(libDir);
  const programs = [
    ...["node", "program.js"].map((name) => join(libDir, name)),
    ...runtimes.map((name) => join(binDir, toLauncher(name))),
  ];
  const configs = readContainerdConfig(containerdConfig).files.map(({ path }) => path);
  const problems = [...programs, ...configs].filter((path) => existsSync(path)).flatMap(checkTrusted);
  return [
    ...checkUser(),
    ...(problems.length > 0 ? problems : [ok("files", "only root can change what runs, and its configuration")]),
    ...checkRuntimeDir(runtimeDir),
  ];
}

function checkUser(): Finding[] {
  if (process.geteuid?.() === 0) return [];
  return [warning("user", "not root: some of this cannot be seen", "run it as root")];
}

function checkTrusted(path: string): Finding[] {
  try {
    trustedPath(path);
    return [];
  } catch (error) {
    return [
      failure(
        path,
        (error as Error).message,
        "chown root and chmod go-w what is named: who can change it becomes root",
      ),
    ];
  }
}

function checkRuntimeDir(dir: string): Finding[] {
  const stat = statSync(dir, { throwIfNoEntry: false });
  if (stat === undefined) return [ok(dir, "missing: the first container creates it")];
  if (stat.uid !== process.geteuid?.()) {
    return [failure(dir, `belongs to uid ${stat.uid}: no daemon starts`, `chown ${process.geteuid?.()} ${dir}`)];
  }
  if ((stat.mode & 0o077) !== 0) {
    return [warning(dir, `others may enter it (mode ${(stat.mode & 0o777).toString(8)})`, `chmod 700 ${dir}`)];
  }
  return [ok(dir, "private")];
}
