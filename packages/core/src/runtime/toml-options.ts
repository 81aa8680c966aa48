import { invalidArgument } from "../errors/errors.ts";
import { suggestion } from "../errors/nearest.ts";
import { readRegularFile } from "../oci/read-regular-file.ts";
import type { RuntimeOptions } from "./options.ts";

/** What a key sets and what it must hold. The keys are those of CRI's `[…runtimes.NAME.options]` table. */
const keys: Readonly<Record<string, readonly [field: keyof RuntimeOptions, type: "string" | "boolean" | "number"]>> = {
  BinaryName: ["binaryName", "string"],
  Root: ["root", "string"],
  SystemdCgroup: ["systemdCgroup", "boolean"],
  NoPivotRoot: ["noPivotRoot", "boolean"],
  NoNewKeyring: ["noNewKeyring", "boolean"],
  IoUid: ["ioUid", "number"],
  IoGid: ["ioGid", "number"],
  CriuImagePath: ["criuImagePath", "string"],
  CriuWorkPath: ["criuWorkPath", "string"],
};

/**
 * Reads the options that `runtimeoptions.v1.Options` brings as TOML: in its body, else in the file that it names. CRI sends the
 * whole `options` table of a runtime that is not called runc.
 * @throws {StatusError} InvalidArgument – unreadable, no TOML, an unknown key or a wrong value; it names the key.
 * @see https://github.com/containerd/containerd/blob/main/internal/cri/config/config.go GenerateRuntimeOptions
 */
export async function readTomlOptions(options: RuntimeOptions): Promise<RuntimeOptions> {
  const { configBody, configPath } = options;
  if (configBody === "" && configPath === "") return options;
  const { parse } = await import("smol-toml");
  const where = configBody === "" ? `options file ${configPath}` : "options";
  const result: Record<string, unknown> = { ...options };
  for (const [key, value] of Object.entries(attempt(where, () => parse(configBody || readRegularFile(configPath))))) {
    const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (known === undefined) throw invalidArgument(`${where}: unknown key ${key}${suggestion(key, Object.keys(keys))}`);
    const [field, type] = known;
    if (typeof value !== type) throw invalidArgument(`${where}: ${key} must be a ${type}`);
    result[field] = value;
  }
  return result as unknown as RuntimeOptions;
}

function attempt<T>(where: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw invalidArgument(`${where}: ${(error as Error).message}`);
  }
}
