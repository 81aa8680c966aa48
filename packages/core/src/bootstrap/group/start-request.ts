import { createHash } from "node:crypto";
import { invalidArgument } from "../../errors/errors.ts";
import { wire } from "../../proto/gen/wire.js";
import { decodeOptions, isOptions } from "../../runtime/decode-options.ts";
import type { Flags } from "../flags.ts";

/** The request of containerd for a shim, in either of its dialects. */
export interface StartRequest {
  readonly id: string;
  readonly namespace: string;
  readonly grpcAddress: string;
  readonly ttrpcAddress: string;
  readonly debug: boolean;
  /** Whether the daemon gets a core scheduling cookie of its own (SCHED_CORE). */
  readonly schedCore: boolean;
  /** See `Group`. */
  readonly environment: string;
  /** Directory that the socket must be in; empty: the daemon's own. */
  readonly socketDir: string;
  /** Existing cgroup for the daemon; empty: none. */
  readonly shimCgroup: string;
  /** `params`: BootstrapParams (containerd ≥ 2.3); `options`: an Any (1.6–2.2), or nothing. */
  readonly dialect: "params" | "options";
  readonly input: Buffer;
}

/** Log levels of containerd up to this one mean `-debug`: DEBUG is -4, TRACE -8. */
const debugLevel = -4;

/**
 * Parses the standard input of `start`. An Any also parses as BootstrapParams if its bytes are UTF-8, so only params
 * that name our id and namespace count as such.
 * @throws {StatusError} InvalidArgument – the id cannot name a file, or the input is neither message.
 * @see https://github.com/containerd/containerd/blob/main/api/runtime/bootstrap/v1/bootstrap.proto
 */
export async function parseStartRequest(
  flags: Flags,
  env: Readonly<Record<string, string | undefined>>,
  input: Buffer,
): Promise<StartRequest> {
  const params = decodeParams(flags, input);
  const any = params === undefined ? decodeAny(input) : optionsOf(params);
  return {
    id: checkId(flags.id),
    namespace: flags.namespace,
    grpcAddress: params?.containerd_grpc_address || flags.address,
    ttrpcAddress: params?.containerd_ttrpc_address || (env["TTRPC_ADDRESS"] ?? ""),
    debug: flags.debug || (params?.log_level ?? 0) <= debugLevel,
    schedCore: Boolean(env["SCHED_CORE"]),
    environment: toLine(env["DUNNAGE_ENVIRONMENT"] ?? ""),
    socketDir: params?.socket_dir ?? "",
    shimCgroup: await readShimCgroup(any),
    dialect: params === undefined ? "options" : "params",
    input,
  };
}

/**
 * Returns the environment in one line: a value may contain line feeds, a line of the registration may not, so a hash is
 * used instead. No launcher finds such a daemon, but Node does.
 */
function toLine(environment: string): string {
  return /[\n\0]/.test(environment) ? createHash("sha256").update(environment).digest("hex") : environment;
}

/**
 * Ignores options of other types, options that only a runtime knows, and invalid ones: Create refuses them, with a
 * status code.
 */
async function readShimCgroup(any: wire.Any.$Properties | undefined): Promise<string> {
  try {
    const { shimCgroup } = await decodeOptions(any, { toOptions: () => ({}) });
    return shimCgroup.includes("\n") ? "" : shimCgroup;
  } catch {
    return "";
  }
}

function decodeParams(flags: Flags, input: Buffer): wire.BootstrapParams | undefined {
  try {
    const params = wire.BootstrapParams.decode(input);
    return params.instance_id === flags.id && params.namespace === flags.namespace ? params : undefined;
  } catch {
    return undefined; // usually an Any
  }
}

function decodeAny(input: Buffer): wire.Any {
  try {
    return wire.Any.decode(input);
  } catch (error) {
    throw invalidArgument(`standard input holds neither bootstrap parameters nor options: ${error}`);
  }
}

function optionsOf(params: wire.BootstrapParams): wire.Any.$Properties | undefined {
  return params.extensions.map((extension) => extension.value ?? {}).find(isOptions);
}

/** Returns the id if it can name a file: claims are named by ids. containerd's own rule is much stricter. */
export function checkId(id: string): string {
  if (id === "" || id === "." || id === ".." || /[/\n\0]/.test(id) || Buffer.byteLength(id) > 200) {
    throw invalidArgument(`invalid id ${JSON.stringify(id)}`);
  }
  return id;
}
