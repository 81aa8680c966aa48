import { createRequire, registerHooks } from "node:module";
import { extname, join } from "node:path";
import { trustedPath } from "./trusted-file.ts";

const extensions = [".mjs", ".js", ".mts", ".ts"];

/**
 * Whether `use` is `module:/absolute/path`, or `package:` and the name of an npm package, with or without a subpath.
 */
export const isPluginUse = (use: string): boolean => use.startsWith("module:") || use.startsWith("package:");

/**
 * Returns the file of the plugin that `use` names, and checks that only root and the daemon's own user can change it.
 * @param packageRoots – directories from which Node looks for packages, in that order: in `node_modules` there and
 * above.
 * @throws {Error} what is wrong, with a message for the author of the configuration.
 */
export function findPluginFile(use: string, packageRoots: readonly string[]): string {
  const path = use.startsWith("package:") ? findPackage(use.slice("package:".length), packageRoots) : toPath(use);
  if (!extensions.includes(extname(path))) throw new Error(`the file must end in ${extensions.join(", ")}`);
  try {
    return trustedPath(path);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === "ENOENT" ? new Error("no such file", { cause: error }) : error;
  }
}

/** Returns the file that `use` names, trusted or not. Undefined: it names no file, or a package that does not exist. */
export function pluginPath(use: string, packageRoots: readonly string[]): string | undefined {
  if (use.startsWith("module:")) return use.slice("module:".length);
  try {
    return use.startsWith("package:") ? findPackage(use.slice("package:".length), packageRoots) : undefined;
  } catch {
    return undefined;
  }
}

function toPath(use: string): string {
  const path = use.slice("module:".length);
  if (use.startsWith("module:") && path.startsWith("/")) return path;
  throw new Error("use must be module:/absolute/path or package:NAME");
}

function findPackage(name: string, roots: readonly string[]): string {
  for (const root of roots) {
    try {
      return resolveAsImport(name, root);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  const remedy = roots[0] === undefined ? "" : `; npm install --prefix ${roots[0]} ${name} puts it there`;
  throw new Error(`no such package, looked for from ${roots.join(", ")}${remedy}`);
}

/** Like `require.resolve`, but with the conditions of `import`: some packages are exported only under these. */
function resolveAsImport(name: string, root: string): string {
  const conditions = ["node", "import", "module-sync"];
  const hooks = registerHooks({
    resolve: (specifier, context, next) => next(specifier, { ...context, conditions }),
  });
  try {
    return createRequire(join(root, "package.json")).resolve(name);
  } finally {
    hooks.deregister();
  }
}
