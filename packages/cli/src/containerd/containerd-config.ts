import { globSync } from "node:fs";
import { dirname, normalize, resolve } from "node:path";
import { failedPrecondition } from "@dunnage/core";
import { isTable } from "@dunnage/core/internal";
import type { ContainerdProgram } from "./containerd-program.ts";
import { readTomlFile, type TomlFile, type TomlTable, tableAt } from "./toml-file.ts";

/** Path of containerd's configuration, unless its `--config` names another one. */
export const defaultConfigPath = "/etc/containerd/config.toml";

/** containerd's configuration: the main file and those that it imports. */
export interface ContainerdConfig {
  /** Path of the main file, whether it exists or not. */
  readonly path: string;
  /** In the order in which containerd reads them: the main file first. Empty: there is no main file. */
  readonly files: readonly TomlFile[];
  /** Version of the main file; 1 if the file has none. */
  readonly version: number;
  /**
   * Whether the plugin tables of several files are merged, as containerd 2 does. Earlier versions use only the table of
   * the last file.
   */
  readonly isMerged: boolean;
}

const criPlugins: Readonly<Record<number, string>> = {
  2: "io.containerd.grpc.v1.cri",
  3: "io.containerd.cri.v1.runtime",
  4: "io.containerd.cri.v1.runtime",
};

/**
 * Reads containerd's configuration, with its imports.
 * @param program the containerd that will read it; undefined: unknown.
 * @throws {StatusError} FailedPrecondition – a file is no TOML, or an imported file does not exist.
 * @see https://github.com/containerd/containerd/blob/v2.1.9/cmd/containerd/server/config/config.go LoadConfig
 */
export function readContainerdConfig(path: string, program?: ContainerdProgram): ContainerdConfig {
  const major = program?.major;
  const files: TomlFile[] = [];
  const pending = [resolve(path)];
  for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
    if (files.some((file) => file.path === next)) continue;
    const file = readTomlFile(next);
    if (file === undefined && files.length > 0) throw failedPrecondition(`${next}: imported, but missing`);
    if (file === undefined) break;
    files.push(file);
    pending.push(...imports(file, program));
  }
  const [main] = files;
  const version = main === undefined ? ((major ?? 1) >= 2 ? 3 : 2) : Number(main.value["version"] ?? 1);
  return { path: resolve(path), files, version, isMerged: (major ?? version - 1) >= 2 };
}

/** Returns the patterns in `imports`, as absolute paths. */
export function importPatterns({ path, value }: TomlFile, program?: ContainerdProgram): readonly string[] {
  const patterns = (Array.isArray(value["imports"]) ? value["imports"] : []).map(String);
  const globBase = program !== undefined && globsFromWorkingDirectory(program) ? "/" : dirname(path);
  return patterns.map((pattern) => resolve(pattern.includes("*") ? globBase : dirname(path), normalize(pattern)));
}

function imports(file: TomlFile, program: ContainerdProgram | undefined): string[] {
  const patterns = importPatterns(file, program);
  return patterns.flatMap((pattern) => (pattern.includes("*") ? globSync(pattern).sort() : [pattern]));
}

/** Before 1.6.29 and 1.7.16 a pattern with `*` was looked up in the working directory, which is `/` for a service. */
function globsFromWorkingDirectory({ version }: ContainerdProgram): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.~+-]/).map(Number);
  return major === 1 && (minor < 6 || (minor === 6 && patch < 29) || (minor === 7 && patch < 16));
}

/**
 * Returns the path of the CRI plugin's table.
 * @throws {StatusError} FailedPrecondition – a version whose plugins have other names.
 */
export function criPath({ path, version }: Pick<ContainerdConfig, "path" | "version">): readonly string[] {
  const plugin = criPlugins[version];
  if (plugin !== undefined) return ["plugins", plugin];
  const hint =
    version < 2
      ? "write `version = 2` at its top, and the names of plugins in full (`io.containerd.grpc.v1.cri` for `cri`), or let `containerd config migrate` of containerd 2 do it"
      : `versions 2 to 4 are known`;
  throw failedPrecondition(`${path}: has version ${version} of containerd's configuration: ${hint}`);
}

/** Returns the path of the table that has a runtime for each handler. */
export const runtimesPath = (config: Pick<ContainerdConfig, "path" | "version">): readonly string[] => [
  ...criPath(config),
  "containerd",
  "runtimes",
];

/** Returns the CRI plugin's table as containerd will see it. */
export function criTable(config: ContainerdConfig): TomlTable {
  const tables = config.files
    .map(({ value }) => tableAt(value, criPath(config)))
    .filter((table) => table !== undefined);
  return config.isMerged ? tables.reduce(merge, {}) : (tables.at(-1) ?? {});
}

/** Returns the runtimes by handler, without those of containerd's defaults. */
export function runtimesOf(config: ContainerdConfig): Readonly<Record<string, TomlTable>> {
  const runtimes = tableAt(criTable(config), ["containerd", "runtimes"]) ?? {};
  return Object.fromEntries(
    Object.entries(runtimes).filter((entry): entry is [string, TomlTable] => isTable(entry[1])),
  );
}

/**
 * Returns the file that decides about the CRI plugin: the last one with a table for it, else the main file; undefined:
 * there is no file.
 */
export function decidingFile(config: ContainerdConfig): TomlFile | undefined {
  return config.files.findLast(({ value }) => tableAt(value, criPath(config))) ?? config.files[0];
}

/** Returns the entry of `disabled_plugins` that disables the CRI plugin, undefined if there is none. */
export function disabledCri(config: ContainerdConfig): string | undefined {
  const disabled = config.files.flatMap(({ value }) => value["disabled_plugins"] ?? []).map(String);
  return disabled.find((name) => name === "cri" || name === "io.containerd.grpc.v1.cri" || name === criPath(config)[1]);
}

function merge(into: TomlTable, from: TomlTable): TomlTable {
  const merged: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const before = merged[key];
    merged[key] = isTable(before) && isTable(value) ? merge(before, value) : value;
  }
  return merged;
}
