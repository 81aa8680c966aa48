import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** What a project is for. */
export type ProjectKind = "runtime" | "hook";

export interface ProjectRequest {
  readonly kind: ProjectKind;
  /** Lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Absolute path of the project's directory, which must not exist, or be empty. */
  readonly dir: string;
  /** Directory of the installation, with `templates` and `packages`. */
  readonly libDir: string;
}

/** Versions of the tools that the project is built and tested with, in addition to Dunnage's own packages. */
const tools = { "@types/node": "26.6.6", typescript: "7.0.2" } as const;
const placeholder = /\bNAME\b/g;
const namePattern = /^[a-z0-9][a-z0-9-]*$/;

/**
 * Writes a project: the template with the name filled in, and Dunnage's packages in `vendor`, so that the project needs
 * no registry for them.
 * @returns paths of the files, relative to the project's directory.
 * @throws {Error} the name is not valid, or the directory is not empty.
 */
export function writeProject(request: ProjectRequest): readonly string[] {
  const { kind, name, dir, libDir } = request;
  if (!namePattern.test(name)) {
    throw new Error(`${JSON.stringify(name)} is no name: lower-case letters, digits, hyphens`);
  }
  if (existsSync(dir) && readdirSync(dir).length > 0) throw new Error(`${dir} is there already, and not empty`);
  const template = join(libDir, "templates", kind);
  const files = globSync("**/*.*", { cwd: template }).concat("gitignore");
  if (files.length === 1) throw new Error(`${template}: the installation has no templates`);
  const vendored = vendor(libDir);
  const written = files.map((file) => {
    const text = readFileSync(join(template, file), "utf8").replace(placeholder, name);
    return write(
      dir,
      file === "gitignore" ? ".gitignore" : file,
      file === "package.json" ? manifest(text, vendored) : text,
    );
  });
  return [...written, ...vendored.map(({ path, content }) => write(dir, path, content))].sort();
}

interface Vendored {
  /** `@dunnage/core` */
  readonly name: string;
  readonly path: string;
  readonly content: Buffer;
}

function vendor(libDir: string): readonly Vendored[] {
  return globSync(join(libDir, "packages/dunnage-*.tgz")).map((file) => ({
    name: basename(file).replace(/^dunnage-(.*?)-\d.*$/, "@dunnage/$1"),
    path: join("vendor", basename(file)),
    content: readFileSync(file),
  }));
}

/**
 * Returns the text of `package.json`. The daemon gives a plugin its own copy of Dunnage's packages, so here they are
 * only for types and tests.
 */
function manifest(text: string, vendored: readonly Vendored[]): string {
  const own = vendored.map(({ name, path }) => [name, `file:${path}`]);
  const node = process.version.slice(1);
  const devDependencies = Object.fromEntries([...own, ...Object.entries(tools), ["node", node]].sort());
  // Newer versions of npm run only the install scripts that are named here. The `node` package installs Node by one.
  const allowScripts = { koffi: true, node: true };
  return `${JSON.stringify({ ...JSON.parse(text), devDependencies, allowScripts }, undefined, 2)}\n`;
}

function write(dir: string, path: string, content: string | Buffer): string {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), content);
  return path;
}
