import type { PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";
import type { RuntimeFactory } from "../../runtime/define.ts";
import type { Program } from "../context.ts";

/** The adapters of a program by name, each loaded when the first container needs it. */
export type Adapters = Readonly<Record<string, () => Promise<RuntimeFactory>>>;

/**
 * Builds a program from core, its adapters (at least one) and more schemes for plugins. An action loads only what it
 * needs.
 */
export function toProgram(adapters: Adapters, schemes: PluginSchemes = {}): Program {
  const names = Object.keys(adapters);
  const find = async (name: string): Promise<RuntimeFactory | undefined> =>
    Object.hasOwn(adapters, name) ? adapters[name]?.() : undefined;
  const load = Object.assign(find, { names });
  return {
    defaultRuntime: names[0] ?? "",
    serve: async (context) => (await import("./composition.ts")).serve(context, load, schemes),
    cleanUp: async (request, surroundings) =>
      (await import("./clean-up.ts")).cleanUp(request, surroundings, { adapters: load, schemes }),
    serveIsolatedPlugin: async (plugin, libc) =>
      (await import("../plugins/serve-isolated-plugin.ts")).serveIsolatedPlugin(plugin, libc, schemes),
    features: async (runtime, options, surroundings) =>
      (await import("./features.ts")).readFeatures({ name: runtime, options }, surroundings, load),
  };
}
