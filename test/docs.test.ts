/**
 * Code in the documents must equal the tested files that it is cut from. Links must lead to existing files and
 * headings. Pictures must be drawn from their sources as they are.
 */
import { existsSync, globSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import test from "ava";
import { isDrawnFrom } from "../scripts/picture-svg.ts";

const repository = join(import.meta.dirname, "..");

interface Block {
  /** The comments above the block: file, first line, last line. Without a last line, only the first line is cut. */
  readonly cuts: readonly string[];
  readonly code: string;
}

/**
 * Returns the blocks of code that follow one or more lines of `<!-- cut FILE "begins with" "ends with or matches" -->`.
 */
function blocksOf(text: string): readonly Block[] {
  const pattern = /((?:<!-- cut .* -->\n)+)\n?```(?:ts|toml|json)\n([\s\S]*?)```\n/g;
  return Array.from(text.matchAll(pattern), ([, comments = "", code = ""]) => ({
    cuts: comments.trim().split("\n"),
    code,
  }));
}

/** Returns the lines that a comment refers to. */
function cut(comment: string): string {
  const [, file = "", first = "", last] = /^<!-- cut (\S+) "(.*?)"(?: "(.*)")? -->$/.exec(comment) ?? [];
  const lines = readFileSync(join(repository, file), "utf8").split("\n");
  const start = lines.findIndex((line) => line.startsWith(first));
  if (start === -1) throw new Error(`${file} has no line that begins with ${first}`);
  if (last === undefined) return `${lines[start]}\n`;
  const end = lines.findIndex((line, index) => index >= start && new RegExp(last).test(line));
  if (end === -1) throw new Error(`${file} has no line like ${last}`);
  const indent = /^ */.exec(lines[start] ?? "")?.[0] ?? "";
  const taken = lines.slice(start, end + 1);
  return taken.map((line) => `${line.startsWith(indent) ? line.slice(indent.length) : line}\n`).join("");
}

const documents = readdirSync(join(repository, "docs")).map((name) => `docs/${name}`);

const texts = ["README.md", ...documents]
  .filter((name) => name.endsWith(".md"))
  .map((name) => ({ name, text: readFileSync(join(repository, name), "utf8") }))
  .filter(({ text }) => text.includes("<!-- cut "));

test("documents – some hold code of the examples", (t) => {
  for (const name of ["README.md", "docs/write-a-runtime.md", "docs/hook-cookbook.md"]) {
    t.true(
      texts.some((each) => each.name === name),
      name,
    );
  }
});

for (const { name, text } of texts) {
  test(`${name} – every cut – equals the file that it is cut from`, (t) => {
    const blocks = blocksOf(text);
    t.is(blocks.flatMap(({ cuts }) => cuts).length, text.split("<!-- cut ").length - 1, "every comment has its block");
    for (const { cuts, code } of blocks) t.is(code, cuts.map(cut).join("\n"), cuts.join(" "));
  });
}

const pages = ["*.md", "docs/**/*.md", "{packages,examples}/*/*.md", "packages/core/src/**/*.md"];

/** Returns the anchors that GitHub derives from the headings of a page. */
function anchorsOf(text: string): readonly string[] {
  const headings = Array.from(withoutCode(text).matchAll(/^#+ (.*)$/gm), ([, heading = ""]) => heading.toLowerCase());
  return headings.map((heading) => heading.replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-"));
}

const withoutCode = (text: string): string => text.replaceAll(/^```[\s\S]*?^```$/gm, "");

/** Returns the links of a page to files or headings that do not exist in this repository. */
function deadLinks(page: string): readonly string[] {
  const text = readFileSync(join(repository, page), "utf8");
  const links = Array.from(withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g), ([, link = ""]) => link);
  return links.filter((link) => {
    const [path = "", anchor] = link.split("#");
    if (/^https?:/.test(path)) return false;
    const file = path === "" ? join(repository, page) : join(repository, dirname(page), path);
    if (!existsSync(file)) return true;
    return anchor !== undefined && file.endsWith(".md") && !anchorsOf(readFileSync(file, "utf8")).includes(anchor);
  });
}

test("documents – every link – leads to a file, and to a heading in it", (t) => {
  const dead = globSync(pages, { cwd: repository }).map((page) => ({ page, links: deadLinks(page) }));
  t.true(dead.length > 20);
  t.deepEqual(
    dead.filter(({ links }) => links.length > 0),
    [],
  );
});

const pictures = globSync("docs/pictures/*.dot", { cwd: repository }).sort();

test("pictures – every source – has the SVG that `make pictures` draws from it, and docs/pictures.md shows it", (t) => {
  const page = readFileSync(join(repository, "docs/pictures.md"), "utf8");
  t.true(pictures.length > 0);
  for (const picture of pictures) {
    const svg = picture.replace(/\.dot$/, ".svg");
    const source = readFileSync(join(repository, picture), "utf8");
    t.true(isDrawnFrom(readFileSync(join(repository, svg), "utf8"), source), `${svg} is outdated: make pictures`);
    t.true(page.includes(`](${svg.slice("docs/".length)})`), `docs/pictures.md does not show ${svg}`);
  }
});

test("pictures – every SVG – has a source", (t) => {
  const drawings = globSync("docs/pictures/*.svg", { cwd: repository }).sort();
  t.deepEqual(
    drawings,
    pictures.map((name) => name.replace(/\.dot$/, ".svg")),
  );
});
