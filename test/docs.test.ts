/** Code in the documents is cut from files that are tested: it must equal them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const repository = join(import.meta.dirname, "..");

interface Block {
  /** The comments above the block: file, first line, last line; without the last, the first alone. */
  readonly cuts: readonly string[];
  readonly code: string;
}

/** `<!-- cut FILE "begins with" "ends with or matches" -->`, one or several, then the block of code. */
function blocksOf(text: string): readonly Block[] {
  const pattern = /((?:<!-- cut .* -->\n)+)\n?```(?:ts|toml|json)\n([\s\S]*?)```\n/g;
  return Array.from(text.matchAll(pattern), ([, comments = "", code = ""]) => ({
    cuts: comments.trim().split("\n"),
    code,
  }));
}

/** Reads the lines that a comment names. */
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
  for (const name of ["README.md", "docs/write-a-runtime.md", "docs/hook-cookbook.md"])
    t.true(
      texts.some((each) => each.name === name),
      name,
    );
});

for (const { name, text } of texts) {
  test(`${name} – every cut – equals the file that it is cut from`, (t) => {
    const blocks = blocksOf(text);
    t.is(blocks.flatMap(({ cuts }) => cuts).length, text.split("<!-- cut ").length - 1, "every comment has its block");
    for (const { cuts, code } of blocks) t.is(code, cuts.map(cut).join("\n"), cuts.join(" "));
  });
}
