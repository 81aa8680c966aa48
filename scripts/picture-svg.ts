import { hash } from "node:crypto";

/** Colours of a picture: of the page, text, lines, and of boxes and their borders by class. */
interface Palette {
  readonly page: string;
  readonly text: string;
  readonly line: string;
  readonly box: string;
  readonly stage: readonly [fill: string, border: string];
  readonly state: readonly [fill: string, border: string];
}

const light: Palette = {
  page: "#ffffff",
  text: "#1f2328",
  line: "#6e7781",
  box: "#f6f8fa",
  stage: ["#ddf4ff", "#0969da"],
  state: ["#dafbe1", "#1a7f37"],
};

const dark: Palette = {
  page: "#0d1117",
  text: "#e6edf3",
  line: "#8b949e",
  box: "#161b22",
  stage: ["#0c2d6b", "#58a6ff"],
  state: ["#0f3d1e", "#3fb950"],
};

/**
 * Returns Graphviz's SVG of `source` with the title of the graph, colours for light and dark, a background of its own,
 * the reader's monospace font, and a mark by which `isDrawnFrom` recognises the source. The layout must be made for
 * Courier: all monospace fonts are about as wide.
 */
export function finish(svg: string, source: string): string {
  const title = /digraph "(.*?)"/.exec(source)?.[1] ?? "";
  const style = `<style>
text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
${rules(light)}
@media (prefers-color-scheme: dark) {
${rules(dark)}
}
</style>`;
  return svg
    .replace(/^<\?xml[\s\S]*?(?=<svg )/, "")
    .replaceAll(/<title>.*<\/title>\n/g, "")
    .replaceAll(/font-family="[^"]*"/g, 'font-family="monospace"')
    .replace('<g id="graph0"', `${mark(source)}\n<title>${title}</title>\n${style}\n<g id="graph0"`);
}

/** Whether `svg` is the picture of `source` as it is now. */
export function isDrawnFrom(svg: string, source: string): boolean {
  return svg.includes(mark(source));
}

const mark = (source: string): string => `<!-- sha256 of the source: ${hash("sha256", source)} -->`;

const rules = ({ page, text, line, box, stage, state }: Palette): string =>
  `.graph > polygon { fill: ${page} }
text { fill: ${text} }
.node polygon, .node path { fill: ${box}; stroke: ${line} }
.stage polygon { fill: ${stage[0]}; stroke: ${stage[1]} }
.state path { fill: ${state[0]}; stroke: ${state[1]} }
.cluster polygon { stroke: ${line} }
.edge path { stroke: ${line} }
.edge polygon { fill: ${line}; stroke: ${line} }
.failure path { stroke-dasharray: 4 }`;
