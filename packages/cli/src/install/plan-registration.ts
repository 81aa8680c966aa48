import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { failedPrecondition } from "@dunnage/core";
import { isTable, lineOf } from "@dunnage/core/internal";
import {
  type ContainerdConfig,
  criTable,
  decidingFile,
  importPatterns,
  runtimesOf,
  runtimesPath,
} from "../containerd/containerd-config.ts";
import { toHandler, toRuntimeType } from "../containerd/runtime-name.ts";
import { type TomlTable, tableAt } from "../containerd/toml-file.ts";
import type { Change } from "./changes.ts";
import { defaultRuntime, type Registration, register } from "./registration.ts";

/**
 * Plans how to register with containerd the runtimes that it does not know yet.
 * @param systemdCgroup undefined: the same as for containerd's default runtime.
 * @throws {StatusError} FailedPrecondition – a handler is taken, or no file can be edited safely.
 */
export function planRegistration(
  config: ContainerdConfig,
  names: readonly string[],
  systemdCgroup: boolean | undefined,
): readonly Change[] {
  const known = runtimesOf(config);
  const missing = names.filter((name) => !isRegistered(config, known[toHandler(name)], name));
  if (missing.length === 0) return [];
  const target = { ...chooseFile(config), version: config.version, runtimesPath: runtimesPath(config) };
  const registrations = missing.map((name): Registration => {
    const names = { handler: toHandler(name), runtimeType: toRuntimeType(name) };
    return { ...names, systemdCgroup: systemdCgroup ?? usesSystemdCgroup(config, known) };
  });
  const keepsDefault = !config.isMerged && Object.keys(known).length === 0;
  const after = register(target, registrations, keepsDefault);
  return [{ kind: "file", path: target.path, before: target.text, after }];
}

function isRegistered(config: ContainerdConfig, table: TomlTable | undefined, name: string): boolean {
  if (table === undefined) return false;
  if (table["runtime_type"] === toRuntimeType(name)) return true;
  const path = [...runtimesPath(config), toHandler(name)];
  const file = config.files.findLast(({ value }) => tableAt(value, path));
  const where = file === undefined ? config.path : `${file.path}:${lineOf(file.text, path)}`;
  throw failedPrecondition(
    `${where}: the handler ${toHandler(name)} is there with runtime_type = ${JSON.stringify(table["runtime_type"])}; remove it first`,
  );
}

function usesSystemdCgroup(config: ContainerdConfig, known: Readonly<Record<string, TomlTable>>): boolean {
  const { default_runtime_name: name } = tableAt(criTable(config), ["containerd"]) ?? {};
  const table = known[typeof name === "string" && name !== "" ? name : defaultRuntime.handler];
  return isTable(table?.["options"]) && table["options"]["SystemdCgroup"] === true;
}

interface ChosenFile {
  readonly path: string;
  /** Undefined: the file has to be created. */
  readonly text: string | undefined;
}

/**
 * Chooses the file to edit. If tables are merged, it is a drop-in of our own, provided that a directory for drop-ins is
 * imported; otherwise the main file. If only the last file's table counts, it is that file.
 */
function chooseFile(config: ContainerdConfig): ChosenFile {
  const [main] = config.files;
  if (main === undefined) return { path: config.path, text: undefined };
  const dirs = importPatterns(main)
    .filter((pattern) => basename(pattern) === "*.toml")
    .map((pattern) => dirname(pattern));
  const dir = dirs.find((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory());
  if (config.isMerged && dir !== undefined) {
    const path = join(dir, "dunnage.toml");
    return checked(config, config.files.find((file) => file.path === path) ?? { path, text: undefined, value: {} });
  }
  return checked(config, (config.isMerged ? undefined : decidingFile(config)) ?? main);
}

function checked(
  config: ContainerdConfig,
  { path, text, value }: ChosenFile & { readonly value: TomlTable },
): ChosenFile {
  const { version = config.version } = value;
  if (version !== config.version) {
    throw failedPrecondition(
      `${path}: has version ${version}, but ${config.path} ${config.version}: containerd does not read both`,
    );
  }
  const comments = /^(?:\s*#[^\n]*\n)*/.exec(text ?? "")?.[0] ?? "";
  if (/do not edit/i.test(comments)) {
    throw failedPrecondition(
      `${path}: says that it is generated and not to be edited; put the tables that --dry-run --config shows for an empty file where it is generated from`,
    );
  }
  return { path, text };
}
