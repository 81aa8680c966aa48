import { silentLogger } from "../../log/logger.ts";
import { supportsIdMapping } from "../../mount/id-mapped.ts";
import type { wire } from "../../proto/gen/wire.js";
import { decodeOptions } from "../../runtime/decode-options.ts";
import type { Surroundings } from "../context.ts";
import { prepareForPlugins } from "../plugins/expose-packages.ts";
import type { RuntimeLoader } from "../runtimes/runtimes.ts";
import { openStandaloneRuntimes } from "../runtimes/standalone-runtimes.ts";

/** containerd waits for `-info` before it creates a container, so a runtime that hangs must not block it. */
const timeoutMs = 2_000;

/**
 * Returns the features of a runtime as JSON; undefined: it does not report any.
 * @throws {StatusError} NotFound – the runtime or its executable does not exist; InvalidArgument – unknown options.
 */
export async function readFeatures(
  { name, options }: { readonly name: string; readonly options: wire.Any | undefined },
  surroundings: Surroundings,
  adapters: RuntimeLoader,
): Promise<string | undefined> {
  await prepareForPlugins(surroundings.config, silentLogger);
  using host = openStandaloneRuntimes(surroundings, silentLogger, adapters);
  const runtime = await host.runtimes.get(name);
  const decoded = await decodeOptions(options, runtime);
  const binaryName = decoded.binaryName || (surroundings.config.runtimes[name]?.binary ?? "");
  const features = await runtime.features?.({ ...decoded, binaryName }, AbortSignal.timeout(timeoutMs));
  if (features === undefined || supportsIdMapping(surroundings.libc)) return features;
  return withoutIdMapping(features);
}

/**
 * Returns the features with `idmap` disabled. CRI decides by `idmap` whether pods may have user namespaces, and the
 * shim mounts the root file systems of such pods.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/features-linux.md#mount-extensions
 */
export function withoutIdMapping(features: string): string {
  const parsed: unknown = JSON.parse(features);
  const idmap = (parsed as { linux?: { mountExtensions?: { idmap?: { enabled?: unknown } } } }).linux?.mountExtensions
    ?.idmap;
  if (idmap?.enabled !== true) return features;
  idmap.enabled = false;
  return JSON.stringify(parsed);
}
