import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BuildOptions, build } from "esbuild";

const root = resolve(import.meta.dirname, "../..");
const ava = join(root, "node_modules/ava");

/** A test file that imports `ava` must get the modules of its worker, which hold the worker's state. */
const workerEntry = `import { registerHooks } from "node:module";
const url = new URL("../main.js", import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) => (specifier === "ava" ? { url, shortCircuit: true } : next(specifier, context)),
});
await import("./ava.js");
`;

/** The packages are needed in watch mode, and with a provider of TypeScript. */
const options: BuildOptions = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node26",
  minifyWhitespace: true,
  chunkNames: "lib/[hash]",
  external: ["@vercel/nft", "@ava/typescript"],
  banner: {
    js: 'import { createRequire as toRequire } from "node:module"; const require = toRequire(import.meta.url);',
  },
};

/**
 * Bundles ava, unless that has been done, and returns the path of its program. ava loads some 400 modules in its main
 * process and again in the worker of each test file. As a few files they load in a third of the time.
 */
export async function bundleAva(): Promise<string> {
  const sources = [join(root, "pnpm-lock.yaml"), import.meta.filename].map((path) => readFileSync(path));
  const key = createHash("sha256").update(Buffer.concat(sources)).digest("hex").slice(0, 12);
  const dir = join(root, ".cache", `ava-${key}`);
  if (!existsSync(dir)) await writeBundle(dir);
  return join(dir, "ava/lib/cli.js");
}

/** Writes the bundle elsewhere and renames it, because another run may do the same at this moment. */
async function writeBundle(dir: string): Promise<void> {
  mkdirSync(join(root, ".cache"), { recursive: true });
  const temporary = mkdtempSync(`${dir}-`);
  const outdir = join(temporary, "ava"); // ava omits frames from error stacks whose path ends with ava/lib/NAME.js
  const bundle = (entryPoints: Record<string, string>) => build({ ...options, outdir, entryPoints });
  try {
    await bundle({ "lib/cli": join(ava, "entrypoints/cli.js") });
    await bundle({ "lib/worker/ava": join(ava, "lib/worker/base.js"), "lib/main": join(ava, "entrypoints/main.js") });
    writeFileSync(join(outdir, "lib/worker/base.js"), workerEntry);
    renameSync(temporary, dir);
  } catch (error) {
    rmSync(temporary, { recursive: true });
    if (!existsSync(dir)) throw error;
  }
}
