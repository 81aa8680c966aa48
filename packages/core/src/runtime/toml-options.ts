import { invalidArgument } from "../errors/errors.ts";
import { suggestion } from "../errors/nearest.ts";
import { readDeviceFile } from "../spec/read-regular-file.ts";
import type { RuntimeOptions } from "./options.ts";
import type { Runtime } from "./runtime.ts";

/**
 * The field that a key sets and the type of its value. The keys are those of CRI's `[…runtimes.NAME.options]` table.
 */
const keys: Readonly<Record<string, readonly [field: keyof RuntimeOptions, type: "string" | "boolean" | "number"]>> = {
  BinaryName: ["binaryName", "string"],
  Root: ["root", "string"],
  SystemdCgroup: ["systemdCgroup", "boolean"],
  NoPivotRoot: ["noPivotRoot", "boolean"],
  NoNewKeyring: ["noNewKeyring", "boolean"],
  ShimCgroup: ["shimCgroup", "string"],
  IoUid: ["ioUid", "number"],
  IoGid: ["ioGid", "number"],
  CriuPath: ["criuPath", "string"],
  CriuImagePath: ["criuImagePath", "string"],
  CriuWorkPath: ["criuWorkPath", "string"],
};

/** A runtime that may know more keys. */
export type OptionsReader = Pick<Runtime, "toOptions">;

/**
 * Reads the options that `runtimeoptions.v1.Options` carries as TOML: in its body, otherwise in the file that it names.
 * CRI sends the whole `options` table of a runtime that is not called runc.
 * @throws {StatusError} InvalidArgument – unreadable, not TOML, an unknown key or a wrong value; the message names the
 *   key.
 * @see https://github.com/containerd/containerd/blob/main/internal/cri/config/config.go GenerateRuntimeOptions
 */
export async function readTomlOptions(options: RuntimeOptions, runtime: OptionsReader): Promise<RuntimeOptions> {
  const { configBody, configPath } = options;
  if (configBody === "" && configPath === "") return options;
  const { parse } = await import("smol-toml");
  const where = configBody === "" ? `options file ${configPath}` : "options";
  const result: Record<string, unknown> = { ...options };
  const others: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(
    await attempt(where, async () => parse(configBody || (await readDeviceFile(configPath)))),
  )) {
    const known = Object.hasOwn(keys, key) ? keys[key] : undefined;
    if (known === undefined) others[key] = value;
    else if (typeof value !== known[1]) throw invalidArgument(`${where}: ${key} must be a ${known[1]}`);
    else result[known[0]] = value;
  }
  return { ...(result as unknown as RuntimeOptions), ...toOptions(runtime, others, where) };
}

function toOptions(
  runtime: OptionsReader,
  others: Readonly<Record<string, unknown>>,
  where: string,
): Partial<RuntimeOptions> {
  const [key] = Object.keys(others);
  if (key === undefined) return {};
  if (runtime.toOptions !== undefined) return runtime.toOptions(others, where);
  throw invalidArgument(`${where}: unknown key ${key}${suggestion(key, Object.keys(keys))}`);
}

async function attempt<T>(where: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw invalidArgument(`${where}: ${(error as Error).message}`);
  }
}
