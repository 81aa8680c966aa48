import { execFile } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadConfig } from "@dunnage/core/internal";
import {
  type ContainerdConfig,
  criTable,
  disabledCri,
  readContainerdConfig,
  runtimesOf,
} from "../../containerd/containerd-config.ts";
import {
  type ContainerdProgram,
  findExecutable,
  findProcess,
  readVersion,
  shimSearchPath,
} from "../../containerd/containerd-program.ts";
import { parseRuntimeType, toLauncher } from "../../containerd/runtime-name.ts";
import { parseToml, tableAt } from "../../containerd/toml-file.ts";
import { type Installation, readInstallation } from "../../install/launchers.ts";
import { type Finding, failure, ok, warning } from "../finding.ts";
import type { Surroundings } from "../surroundings.ts";

/** Checks whether containerd knows the runtimes and finds their launchers. */
export async function checkRegistration(surroundings: Surroundings): Promise<Finding[]> {
  const { containerdConfig, config: path, libDir, proc, searchPath } = surroundings;
  const running = findProcess(containerdConfig, proc);
  const file = findExecutable("containerd", searchPath) ?? running?.path;
  const program = file === undefined ? undefined : await readVersion(file);
  const config = readContainerdConfig(containerdConfig, program);
  const effective = program === undefined ? config : await readEffective(program, config);
  if ("level" in effective) return [effective];
  const handlers = ourHandlers(effective);
  const launchers = { installation: readInstallation(libDir), searchPath: shimSearchPath(running, file) };
  const known = [
    ...launchers.installation.runtimes,
    ...Object.keys((await loadConfig({ path }).catch(() => undefined))?.runtimes ?? {}),
  ];
  return [
    ...checkHandlers(config, effective, handlers),
    ...[...new Set(handlers.map(({ name }) => name))].map((name) => checkLauncher(name, launchers, known)),
    ...checkCri(config, handlers.length > 0),
  ];
}

interface Handler {
  readonly handler: string;
  /** Name of the adapter. */
  readonly name: string;
}

function ourHandlers(config: ContainerdConfig): Handler[] {
  return Object.entries(runtimesOf(config)).flatMap(([handler, table]) => {
    const name = parseRuntimeType(table["runtime_type"]);
    return name === undefined ? [] : { handler, name };
  });
}

/** Returns the configuration as containerd itself understands it, including imports and defaults. */
async function readEffective(
  program: ContainerdProgram,
  config: ContainerdConfig,
): Promise<ContainerdConfig | Finding> {
  if (config.files.length === 0) return config;
  try {
    const args = ["--config", config.path, "config", "dump"];
    const { stdout: text } = await promisify(execFile)(program.path, args, { timeout: 30_000, maxBuffer: 2 ** 26 });
    const value = parseToml(text, "containerd config dump");
    const version = Number(value["version"] ?? 1);
    return { path: config.path, files: [{ path: config.path, text, value }], version, isMerged: true };
  } catch (error) {
    const reason = (error as { stderr?: string }).stderr?.trim().split("\n").at(-1) || (error as Error).message;
    return failure("containerd", `cannot read ${config.path}: ${reason}`, "fix the file, or dunnage uninstall");
  }
}

function checkHandlers(config: ContainerdConfig, effective: ContainerdConfig, handlers: readonly Handler[]): Finding[] {
  const found = handlers.map(({ handler, name }) => ok(handler, `registered, adapter ${name}`));
  const lost = ourHandlers(config).filter(({ handler }) => !handlers.some((other) => other.handler === handler));
  const findings = lost.map(({ handler }) =>
    failure(
      handler,
      `is in ${config.path} or its imports, but containerd does not see it`,
      "look for a later file with the same table; then dunnage uninstall, dunnage install",
    ),
  );
  if (found.length + lost.length === 0) {
    findings.push(
      warning(
        "registration",
        "Kubernetes does not see any runtime of Dunnage (ctr needs no registration)",
        "dunnage install",
      ),
    );
  }
  return [...found, ...findings, ...checkDefault(effective)];
}

function checkDefault(effective: ContainerdConfig): Finding[] {
  const runtimes = runtimesOf(effective);
  const name = tableAt(criTable(effective), ["containerd"])?.["default_runtime_name"];
  if (typeof name !== "string" || name === "" || name in runtimes || Object.keys(runtimes).length === 0) return [];
  const message = "is containerd's default runtime, but is not registered: the CRI plugin does not start";
  return [failure(name, message, `write down [….containerd.runtimes.${name}] with its runtime_type`)];
}

interface Launchers {
  readonly installation: Installation;
  readonly searchPath: string;
}

function checkLauncher(name: string, { installation, searchPath }: Launchers, known: readonly string[]): Finding {
  const launcher = toLauncher(name);
  const found = findExecutable(launcher, searchPath);
  if (!known.includes(name)) {
    return failure(
      launcher,
      `no adapter ${name}, in this installation or its configuration`,
      "dunnage uninstall, or remove the runtime from containerd's configuration",
    );
  }
  if (found === undefined) {
    return failure(launcher, `containerd does not find it in ${searchPath}`, `dunnage install --runtime ${name}`);
  }
  const ours = installation.runtimes
    .map((other) => join(installation.binDir, toLauncher(other)))
    .filter((path) => existsSync(path));
  if (ours.some((path) => realpathSync(path) === realpathSync(found))) return ok(launcher, found);
  return warning(
    launcher,
    `${found} is of another installation than ${installation.binDir}`,
    "remove one of the two (make uninstall)",
  );
}

function checkCri(config: ContainerdConfig, isRegistered: boolean): Finding[] {
  const disabled = config.files.length === 0 ? undefined : disabledCri(config);
  if (disabled === undefined || !isRegistered) return [];
  return [
    warning(
      "CRI",
      `the plugin is off: disabled_plugins has ${disabled}`,
      "take it out of the list if Kubernetes is to use this containerd",
    ),
  ];
}
