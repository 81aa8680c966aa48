import { registerHooks } from "node:module";

const registry = Symbol.for("dunnage.modules");
const scheme = "dunnage:";

/** Module namespace objects by the specifier under which plugins import them. */
export type ModuleTable = Readonly<Record<string, object>>;

/**
 * Makes plugins import the daemon's own copies of its packages, wherever the plugin is and whatever is installed next
 * to it. So `import { definePlugin } from "@dunnage/core"` needs no node_modules, and tokens and classes are the same
 * objects on both sides. Must be called before the first plugin is loaded. Disposing the result undoes it for later
 * imports.
 * @see https://nodejs.org/api/module.html#moduleregisterhooksoptions
 */
export function exposeModules(modules: ModuleTable): Disposable {
  const table = new Map(Object.entries(modules));
  Reflect.set(globalThis, registry, table);
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) => {
      if (!table.has(specifier)) return nextResolve(specifier, context);
      return { url: scheme + specifier, format: "module", shortCircuit: true };
    },
    load: (url, context, nextLoad) => {
      const exposed = url.startsWith(scheme) ? table.get(url.slice(scheme.length)) : undefined;
      if (exposed === undefined) return nextLoad(url, context);
      return { source: facade(url.slice(scheme.length), exposed), format: "module", shortCircuit: true };
    },
  });
  return { [Symbol.dispose]: () => hooks.deregister() };
}

/** Returns the text of a module that exports what `exposed` contains at the time of its first import. */
function facade(specifier: string, exposed: object): string {
  const lines = [`const exposed = globalThis[Symbol.for("dunnage.modules")].get(${JSON.stringify(specifier)});`];
  Object.keys(exposed).forEach((name, i) => {
    const key = JSON.stringify(name);
    lines.push(`const _${i} = exposed[${key}]; export { _${i} as ${key} };`);
  });
  return lines.join("\n");
}
