import { silentLogger } from "../../log/logger.ts";
import { supportsIdMapping } from "../../mount/id-mapped.ts";
import type { wire } from "../../proto/gen/wire.js";
import { decodeOptions } from "../../runtime/decode-options.ts";
import type { Surroundings } from "../context.ts";
import { prepareForPlugins } from "../plugins/expose-packages.ts";
import type { RuntimeLoader } from "../runtimes/runtimes.ts";
import { openStandaloneRuntimes } from "../runtimes/standalone-runtimes.ts";

/** containerd waits for `-info` before it creates a container: a runtime that hangs must not keep it. */
const timeoutMs = 2_000;

/**
 * Asks a runtime for its features, as JSON; undefined: it has none to tell.
 * @throws {StatusError} NotFound – no such runtime, or its executable is missing; InvalidArgument – unknown options.
 */
export async function readFeatures(
  name: string,
  options: wire.Any | undefined,
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
 * By `idmap` CRI judges whether pods may have user namespaces, and the root file systems of these are mounted by the shim.
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
