/**
 * Builds dist/, which has everything that a host needs: launchers and `dunnage` in bin/; bundles, Node, the FFI library,
 * compiled code and, if there is a C compiler, the guardian in lib/dunnage/. It is built next to dist/ and moved into place only if something changed, so that
 * a rebuild does not disturb shims that run from it.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { build, type Plugin } from "esbuild";
import { packPackages } from "./pack.ts";
import { warmUp } from "./warm-up.ts";

const rootDir = resolve(import.meta.dirname, "..");
const shimEntry = "packages/shim/bin/shim.ts";
/** Packages with a bundle of their own. A daemon that does not need such a bundle never reads it. */
const builtApart: Readonly<Record<string, string>> = {
  "@dunnage/policy": "policy",
  "@dunnage/hooks-grpc": "hooks-grpc",
};
const commandEntry = "packages/cli/bin/dunnage.ts";
const command = "packages/cli/bin/dunnage.sh";
const loader = "packages/shim/bin/load.cjs";
const launcherPath = "packages/core/bin/launcher.sh";
const guardianBuild = "packages/guardian/build.sh";
const noCompiler = 3;
const distDir = join(rootDir, "dist");
const stageDir = join(rootDir, `.cache/dist.${process.pid}`);
const libDir = join(stageDir, "lib/dunnage");

/** Returns one launcher per adapter: packages/runtime-NAME is containerd's runtime io.containerd.dunnage-NAME.v1. */
function launchers(): string[] {
  const names = readdirSync(join(rootDir, "packages")).filter((name) => name.startsWith("runtime-"));
  return names.map((name) => `containerd-shim-dunnage-${name.slice("runtime-".length)}-v1`).sort();
}

/** Returns the path of the FFI library for Debian (glibc). koffi has a separate package for each platform. */
function ffiLibrary(): string {
  const koffi = realpathSync(join(rootDir, "packages/core/node_modules/koffi"));
  const platform = `linux-${process.arch}`;
  return join(koffi, `../@koromix/koffi-${platform}`, platform.replace("-", "_"), "koffi.node");
}

const apart: Plugin = {
  name: "apart",
  setup: ({ onResolve }) =>
    onResolve({ filter: /^@dunnage\/(?:policy|hooks-grpc)$/ }, ({ path }) => ({
      path: `./${builtApart[path]}.cjs`,
      external: true,
    })),
};

/**
 * Bundles as CommonJS, which starts 2 ms faster than ESM. No white space saves another 1 ms. Stack traces keep names.
 */
async function bundle(entry: string, name: string): Promise<void> {
  await build({
    absWorkingDir: rootDir,
    entryPoints: [entry],
    outfile: join(libDir, name),
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node26",
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    legalComments: "none",
    external: ["koffi", "@2060.io/ffi-napi"],
    plugins: [apart],
    define: {
      "import.meta.url": "importMetaUrl",
      "import.meta.dirname": "__dirname",
      "import.meta.filename": "__filename",
    },
    banner: { js: 'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;' },
    logLevel: "warning",
  });
}

function copyFiles(): void {
  try {
    linkSync(process.execPath, join(libDir, "node"));
  } catch {
    copyFileSync(process.execPath, join(libDir, "node"));
  }
  copyFileSync(join(rootDir, loader), join(libDir, "shim.cjs"));
  copyFileSync(ffiLibrary(), join(libDir, "koffi.node"));
  for (const name of launchers()) {
    writeFileSync(join(stageDir, "bin", name), launcherOf(join(distDir, "lib/dunnage")), { mode: 0o755 });
  }
  copyFileSync(join(rootDir, command), join(stageDir, "bin/dunnage"));
  chmodSync(join(stageDir, "bin/dunnage"), 0o755);
  writeFileSync(join(libDir, "launchers"), `${launchers().join("\n")}\n`);
  const { version } = JSON.parse(readFileSync(join(rootDir, "packages/core/package.json"), "utf8"));
  writeFileSync(join(libDir, "VERSION"), `${version}\n`);
}

/**
 * Returns the text of the launcher. Even a copy of the launcher finds the installation `lib`. install.sh writes its own
 * path there.
 */
function launcherOf(lib: string): string {
  const quoted = `'${lib.replaceAll("'", "'\\''")}'`;
  return readFileSync(join(rootDir, launcherPath), "utf8").replace(/^installed=''$/m, () => `installed=${quoted}`);
}

/**
 * Returns 12 hex digits that change with anything in dist/ that runs. They help to keep the daemons of different
 * installations apart.
 */
function buildId(): string {
  const hash = createHash("sha256").update(`${process.version} ${process.arch}\n`);
  const files = [
    "shim.cjs",
    "program.js",
    "policy.cjs",
    "hooks-grpc.cjs",
    "cli.cjs",
    "koffi.node",
    "launchers",
    "VERSION",
  ];
  for (const file of files) hash.update(readFileSync(join(libDir, file)));
  for (const file of [launcherPath, command]) hash.update(readFileSync(join(rootDir, file)));
  return hash.digest("hex").slice(0, 12);
}

/** Replaces dist/ with the staged tree. */
function publish(): void {
  const old = `${stageDir}.old`;
  if (existsSync(distDir)) renameSync(distDir, old);
  renameSync(stageDir, distDir);
  rmSync(old, { recursive: true, force: true });
}

/** Copies the sources of the projects that `dunnage new` writes. No daemon runs them: they are not in the build id. */
function copyForNew(): void {
  for (const [from, name] of [
    [join(rootDir, "packages/cli/templates"), "templates"],
    [packPackages(), "packages"],
  ] as const) {
    const to = join(distDir, "lib/dunnage", name);
    rmSync(to, { recursive: true, force: true });
    cpSync(from, to, { recursive: true });
  }
}

/** Compiles the guardian, which no daemon uses: it is not in the build id. Without a compiler there is none. */
function compileGuardian(): void {
  const file = join(distDir, "lib/dunnage/dunnage-guardian");
  const { status } = spawnSync("sh", [join(rootDir, guardianBuild), `${file}.new`], { stdio: "inherit" });
  if (status === 0) renameSync(`${file}.new`, file);
  else if (status === noCompiler) console.log("build: no gcc here, so no guardian; the daemon works without it");
  else throw new Error("the guardian does not compile");
}

function currentId(): string {
  const file = join(distDir, "lib/dunnage/build-id");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : "";
}

async function main(): Promise<void> {
  rmSync(stageDir, { recursive: true, force: true });
  mkdirSync(libDir, { recursive: true });
  mkdirSync(join(stageDir, "bin"));
  await bundle(shimEntry, "program.js");
  for (const name of Object.values(builtApart)) await bundle(`packages/${name}/src/index.ts`, `${name}.cjs`);
  await bundle(commandEntry, "cli.cjs");
  copyFiles();
  const id = buildId();
  writeFileSync(join(libDir, "build-id"), `${id}\n`);
  if (id === currentId()) {
    copyForNew();
    compileGuardian();
    console.log(`build: dist/ is up to date (${id})`);
    return;
  }
  await warmUp(libDir);
  publish();
  copyForNew();
  compileGuardian();
  console.log(`build: dist/ is ready (${id}): ${launchers().join(", ")}`);
}

try {
  await main();
} finally {
  rmSync(stageDir, { recursive: true, force: true });
}
