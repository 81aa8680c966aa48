import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isPluginUse, loadConfig, readBuild, version } from "@dunnage/core/internal";
import { findExecutable } from "../../containerd/containerd-program.ts";
import { readInstallation } from "../../install/launchers.ts";
import { type Finding, failure, ok, warning } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

/** Major and minor version of the oldest runtime that the adapter supports. */
const oldest: Readonly<Record<string, readonly [number, number]>> = { runc: [1, 0], crun: [1, 8] };

/** Checks the installation, and the OCI runtimes that its adapters use. */
export async function checkRuntimes({ config: path, libDir, searchPath }: Surroundings): Promise<Finding[]> {
  const installation = readInstallation(libDir);
  const config = await loadConfig({ path }).catch(() => undefined);
  const names = installation.runtimes.filter((name) => !isPluginUse(config?.runtimes[name]?.use ?? ""));
  const build = readBuild(libDir);
  const findings = [
    ok("dunnage", `${version}${build && ` (${build})`} in ${libDir}: ${installation.runtimes.join(", ")}`),
  ];
  const found: Finding[] = [];
  for (const name of names) {
    const binary = config?.runtimes[name]?.binary;
    const file = findExecutable(binary ?? name, searchPath);
    if (file !== undefined) found.push(await checkVersion(name, file));
    else if (binary !== undefined) {
      found.push(failure(name, `${binary} is no program`, `fix [runtimes.${name}] binary in ${path}`));
    } else findings.push(ok(name, "not on this host"));
  }
  if (found.length === 0 && names.length > 0) {
    findings.push(
      failure("runtimes", `none of ${names.join(", ")} is there`, "install one, e.g. apt-get install runc"),
    );
  }
  return [...findings, ...found];
}

async function checkVersion(name: string, file: string): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)(file, ["--version"], { timeout: 10_000 });
    const [line = ""] = stdout.split("\n");
    const [, major = "0", minor = "0"] = /(\d+)\.(\d+)/.exec(line) ?? [];
    const [wantedMajor, wantedMinor] = oldest[name] ?? [0, 0];
    const isOld = Number(major) < wantedMajor || (Number(major) === wantedMajor && Number(minor) < wantedMinor);
    if (isOld) return warning(name, `${line} in ${file}`, `use ${wantedMajor}.${wantedMinor} or newer`);
    return ok(name, `${line} in ${file}`);
  } catch (error) {
    const [line] = (error as Error).message.split("\n");
    return failure(name, `${file} does not tell its version: ${line}`, `run \`${file} --version\`, install it again`);
  }
}
