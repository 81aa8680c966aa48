/**
 * Draws docs/pictures/*.dot as SVG, with a Graphviz in WebAssembly. It is fetched into .cache, because only an author of
 * pictures needs it.
 */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { finish } from "./picture-svg.ts";

const root = resolve(import.meta.dirname, "..");
const cache = join(root, ".cache/pictures");
const version = "3.31.0";

type Attributes = Readonly<Record<string, string | number>>;

/** The part of `@viz-js/viz` that is used here. */
interface Graphviz {
  renderString(source: string, options: Readonly<Record<string, string | Attributes>>): string;
}

async function openGraphviz(): Promise<Graphviz> {
  execFileSync("npm", ["install", "--silent", "--prefix", cache, `@viz-js/viz@${version}`], { stdio: "inherit" });
  const path = createRequire(join(cache, "package.json")).resolve("@viz-js/viz");
  const module = (await import(pathToFileURL(path).href)) as { instance(): Promise<Graphviz> };
  return module.instance();
}

const font = { fontname: "Courier", fontsize: 12 };
const options = {
  format: "svg",
  graphAttributes: { ...font, ranksep: 0.35, nodesep: 0.2, pad: 0.2 },
  nodeAttributes: { ...font, height: 0.3, margin: "0.1,0.04" },
  edgeAttributes: { ...font, fontsize: 11 },
};

const graphviz = await openGraphviz();
for (const name of globSync("docs/pictures/*.dot", { cwd: root }).sort()) {
  const source = readFileSync(join(root, name), "utf8");
  const svg = graphviz.renderString(source, options);
  writeFileSync(join(root, name.replace(/\.dot$/, ".svg")), finish(svg, source));
  console.log(name.replace(/\.dot$/, ".svg"));
}
