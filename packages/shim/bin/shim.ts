import { main, noSuch, toProgram } from "@dunnage/core/bootstrap";

const adapters = {
  runc: async () => (await import("@dunnage/runtime-runc")).default,
  crun: async () => (await import("@dunnage/runtime-crun")).default,
  runsc: async () => (await import("@dunnage/runtime-runsc")).default,
};

const policies = () => import("@dunnage/policy");

const program = toProgram(adapters, {
  builtin: {
    isFile: false,
    load: async (name) => {
      const { builtinNames, builtinPlugin } = await policies();
      const plugin = await builtinPlugin(name);
      if (plugin === undefined) throw noSuch("ready-made policy", name, builtinNames);
      return plugin;
    },
  },
  policy: { isFile: true, load: async (path, config) => (await policies()).policyPlugin(path, config) },
});

void main(process.argv.slice(2), process.env, program).then((status) => process.exit(status));
