/** A word or phrase that the documents do not use, and what to write instead. */
interface Entry {
  readonly avoid: RegExp;
  readonly instead: string;
}

/**
 * Literal translations, and words that a reader of containerd's documents would not expect. STYLE.md has the reasons.
 */
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

/** A phrase to replace. Lines count from 1; `found` is the text as it is in the document. */
export interface Fault {
  readonly line: number;
  readonly found: string;
  readonly instead: string;
}

/** Returns the prose of a Markdown text. Code and comments become blanks, so length and lines stay the same. */
function proseOf(markdown: string): string {
  const quoted = /^( *)```[\s\S]*?^\1```|<!--[\s\S]*?-->|`[^`]*`/gm;
  return markdown.replace(quoted, (text) => text.replace(/[^\n]/g, " "));
}

/** Returns the phrases to replace in a Markdown document, in order. A phrase may span two lines. */
export function findFaults(markdown: string): readonly Fault[] {
  const prose = proseOf(markdown);
  const faults = glossary.flatMap(({ avoid, instead }) => {
    const phrase = new RegExp(`\\b(?:${avoid.source.replaceAll(" ", "\\s+")})\\b`, "gi");
    return Array.from(prose.matchAll(phrase), ({ 0: found, index }) => ({
      line: prose.slice(0, index).split("\n").length,
      found: found.replace(/\s+/g, " "),
      instead,
    }));
  });
  return faults.sort((a, b) => a.line - b.line);
}
