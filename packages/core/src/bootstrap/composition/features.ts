import { silentLogger } from "../../log/logger.ts";
import type { wire } from "../../proto/gen/wire.js";
import { decodeOptions } from "../../runtime/decode-options.ts";
import type { Surroundings } from "../context.ts";
import { hostPlugins } from "./plugin-host.ts";
import { openRuntimeHost } from "./runtime-host.ts";
import type { RuntimeLoader } from "./runtimes.ts";

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
  await hostPlugins(surroundings.config, silentLogger);
  using host = openRuntimeHost(surroundings, silentLogger, adapters);
  const runtime = await host.runtimes.get(name);
  const decoded = await decodeOptions(options, runtime);
  const binaryName = decoded.binaryName || (surroundings.config.runtimes[name]?.binary ?? "");
  return await runtime.features?.({ ...decoded, binaryName }, AbortSignal.timeout(timeoutMs));
}
