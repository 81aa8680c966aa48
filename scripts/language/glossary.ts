/** A word or phrase that these documents do not use, and what to write. */
interface Entry {
  readonly avoid: RegExp;
  readonly instead: string;
}

/** Literal translations and words that no reader of containerd's own documents would expect. STYLE.md has the reasons. */
const glossary: readonly Entry[] = [
  { avoid: /told/, instead: "reported, notified" },
  { avoid: /hears? of/, instead: "is notified of" },
  { avoid: /(?:go|goes) before/, instead: "overrides" },
  { avoid: /beside/, instead: "in addition to; next to" },
  { avoid: /heed(?:s|ed)?/, instead: "honour" },
  { avoid: /ow(?:e|es|ed)/, instead: "pending" },
  { avoid: /(?:take|takes|taken|took) (?:\w+ )?up/, instead: "load, reload" },
  { avoid: /(?:give|gives|given|gave) (?:\w+ )?up/, instead: "abandon, cancel" },
  { avoid: /(?:lack|want|shortage) of memory/, instead: "out of memory, OOM" },
  { avoid: /for want of/, instead: "without" },
  { avoid: /(?:leave|leaves|left) (?:\w+ )?out/, instead: "omit" },
  { avoid: /(?:go|goes|went) on/, instead: "continue" },
  { avoid: /(?:is|are|was) over/, instead: "has ended" },
  { avoid: /(?:is|are|was|were) not there/, instead: "is missing, does not exist" },
  { avoid: /stands? in/, instead: "is in, is recorded in" },
  { avoid: /(?:nobody|somebody|anybody)/, instead: "the client, process, user or command that is meant" },
  { avoid: /who(?:so)?ever/, instead: "the role: the client, any user" },
  { avoid: /(?:be it|be they)/, instead: "whether" },
  { avoid: /to be had/, instead: "available" },
  { avoid: /(?:is|are) no good/, instead: "is not valid" },
  { avoid: /mend(?:s|ed)?/, instead: "fix" },
  { avoid: /puts? (?:\w+ )?aside/, instead: "abandon, ignore" },
];

/** A phrase to replace: its line, from 1, and the text as it is there. */
export interface Fault {
  readonly line: number;
  readonly found: string;
  readonly instead: string;
}

const spaces = (text: string): string => text.replace(/[^\n]/g, " ");

/** Returns the prose of a Markdown document, of the same length and lines: code and comments are blanks. */
function proseOf(markdown: string): string {
  return markdown.replace(/^( *)```[\s\S]*?^\1```|<!--[\s\S]*?-->|`[^`]*`/gm, spaces);
}

/** Returns the comments of a TypeScript file, of the same length and lines: all else, and quoted code in them, are blanks. */
function commentsOf(source: string): string {
  const isComment = /^\s*(?:\/\/|\/\*|\*)/;
  const lines = source.split("\n").map((line) => {
    if (isComment.test(line)) return line.replace(/^(\s*)\*/, "$1 ");
    const at = line.search(/(?<=[;,{}()>]) \/\/ /);
    return at === -1 ? spaces(line) : spaces(line.slice(0, at)) + line.slice(at);
  });
  return lines.join("\n").replace(/`[^`\n]*`|"[^"\n]*"/g, spaces);
}

/**
 * Returns the texts of a TypeScript file for readers, of the same length and lines: messages and test titles, which are
 * the literals with a blank in them. The values of a template literal are underscores.
 */
function textsOf(source: string): string {
  const code = source.replace(/`[^`]*`/g, (template) =>
    template.replace(/\$\{[^}\n]*\}/g, (value) => "_".repeat(value.length)),
  );
  let end = 0;
  let texts = "";
  for (const { 0: literal, index } of code.matchAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\\n]|\\.)*`/g)) {
    texts += spaces(code.slice(end, index)) + (literal.includes(" ") ? literal : spaces(literal));
    end = index + literal.length;
  }
  return texts + spaces(code.slice(end));
}

/**
 * Returns the phrases that readers of a text stumble over, in order: in the prose of a Markdown document, or in the comments,
 * messages and test titles of a TypeScript file. A phrase may span two lines.
 */
export function findFaults(text: string, kind: "markdown" | "typescript" = "markdown"): readonly Fault[] {
  const parts = kind === "markdown" ? [proseOf(text)] : [commentsOf(text), textsOf(text)];
  return parts.flatMap(findIn).sort((a, b) => a.line - b.line);
}

function findIn(prose: string): Fault[] {
  return glossary.flatMap(({ avoid, instead }) => {
    const phrase = new RegExp(`\\b(?:${avoid.source.replaceAll(" ", "\\s+")})\\b`, "gi");
    return Array.from(prose.matchAll(phrase), ({ 0: found, index }) => ({
      line: prose.slice(0, index).split("\n").length,
      found: found.replace(/\s+/g, " "),
      instead,
    }));
  });
}
