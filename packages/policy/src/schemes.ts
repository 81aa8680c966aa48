import type { PluginSchemes } from "@dunnage/core/bootstrap";
import { noSuch } from "@dunnage/core/internal";

/** Loads the package itself, which happens only when the configuration names a policy. */
const policies = () => import("@dunnage/policy");

/** The plugin schemes of policies: `builtin:NAME` is a ready-made policy, `policy:/absolute/path.toml` one in CEL. */
export const policySchemes: PluginSchemes = {
  builtin: {
    isFile: false,
    load: async (name) => {
      const { builtinNames, builtinPlugin } = await policies();
      const plugin = await builtinPlugin(name);
      if (plugin === undefined) throw noSuch("ready-made policy", name, builtinNames);
      return plugin;
    },
  },
  policy: { isFile: true, load: async (path, { config }) => (await policies()).policyPlugin(path, config) },
};
