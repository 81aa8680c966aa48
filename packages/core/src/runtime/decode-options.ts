import { invalidArgument } from "../errors/errors.ts";
import { wire } from "../proto/gen/wire.js";
import { defaultOptions, type RuntimeOptions } from "./options.ts";
import { type OptionsReader, readTomlOptions } from "./toml-options.ts";
import { validateOptions } from "./validate-options.ts";

const decoders: Readonly<Record<string, (value: Uint8Array) => RuntimeOptions>> = {
  "containerd.runc.v1.Options": decodeRuncOptions,
  "containerd.linux.runc.CreateOptions": decodeLinuxOptions,
  "runtimeoptions.v1.Options": decodeTypeOptions,
};

/** Whether an Any holds options of a type that `decodeOptions` knows. */
export function isOptions(any: wire.Any.$Properties): boolean {
  return Object.hasOwn(decoders, nameOf(any));
}

/**
 * Decodes the options of a Create request, including those passed as TOML, of which `runtime` may know further keys.
 * Without a type, or without any options, the result is the defaults.
 * @throws {StatusError} InvalidArgument – unknown type, bytes that are not such a message, or a value that cannot be
 *   honoured.
 */
export async function decodeOptions(
  any: wire.Any.$Properties | undefined,
  runtime: OptionsReader = {},
): Promise<RuntimeOptions> {
  const typeUrl = any?.type_url ?? "";
  if (any === undefined || typeUrl === "") return defaultOptions;
  const name = nameOf(any);
  const decode = isOptions(any) ? decoders[name] : undefined;
  if (decode === undefined) throw invalidArgument(`options of type ${typeUrl} are not supported`);
  const options = await readTomlOptions(
    attempt(name, () => decode(any.value ?? new Uint8Array())),
    runtime,
  );
  validateOptions(options);
  return options;
}

/** Only the part after the last "/" of a type URL counts. */
function nameOf({ type_url: typeUrl }: wire.Any.$Properties): string {
  return typeUrl?.slice(typeUrl.lastIndexOf("/") + 1) ?? "";
}

function attempt<T>(name: string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw invalidArgument(`options are no ${name}: ${error instanceof Error ? error.message : error}`);
  }
}

function decodeRuncOptions(value: Uint8Array): RuntimeOptions {
  const options = wire.RuncOptions.decode(value);
  return {
    ...defaultOptions,
    binaryName: options.binary_name,
    root: options.root,
    systemdCgroup: options.systemd_cgroup,
    noPivotRoot: options.no_pivot_root,
    noNewKeyring: options.no_new_keyring,
    shimCgroup: options.shim_cgroup,
    ioUid: options.io_uid,
    ioGid: options.io_gid,
    criuImagePath: options.criu_image_path,
    criuWorkPath: options.criu_work_path,
    criuPath: options.criu_path,
  };
}

/** The options that containerd 1.6 and 1.7 send for a runtime that is not called runc. */
function decodeLinuxOptions(value: Uint8Array): RuntimeOptions {
  const options = wire.LinuxCreateOptions.decode(value);
  return {
    ...defaultOptions,
    noPivotRoot: options.no_pivot_root,
    noNewKeyring: options.no_new_keyring,
    shimCgroup: options.shim_cgroup,
    ioUid: options.io_uid,
    ioGid: options.io_gid,
    criuImagePath: options.criu_image_path,
    criuWorkPath: options.criu_work_path,
  };
}

function decodeTypeOptions(value: Uint8Array): RuntimeOptions {
  const options = wire.RuntimeTypeOptions.decode(value);
  return {
    ...defaultOptions,
    typeUrl: options.type_url,
    configPath: options.config_path,
    configBody: new TextDecoder().decode(options.config_body),
  };
}
