import { failedPrecondition } from "@dunnage/core";
import { type KeyLines, tomlKeys } from "@dunnage/core/internal";

const begin = "# begin: added by `dunnage install`, removed by `dunnage uninstall`";
const end = "# end of what `dunnage install` added";
/** What else was added, and is removed with the block. */
const ownLineFeed = ", with the line feed before it";
const ownFile = ", with the file";

/** The position of a block among the lines of its file, markers included. 0-based. */
interface Block {
  readonly first: number;
  readonly last: number;
  readonly hasOwnLineFeed: boolean;
  readonly hasOwnFile: boolean;
}

/** Adds lines between markers to the end of a text, with the text's line endings. `undefined`: the file is new. */
export function addBlock(text: string | undefined, lines: readonly string[]): string {
  const eol = text?.slice(0, text.indexOf("\n") + 1).endsWith("\r\n") ? "\r\n" : "\n";
  const needsLineFeed = text !== undefined && text !== "" && !text.endsWith("\n");
  const mark = `${begin}${text === undefined ? ownFile : ""}${needsLineFeed ? ownLineFeed : ""}`;
  return `${text ?? ""}${needsLineFeed ? eol : ""}${[mark, ...lines, end].map((line) => line + eol).join("")}`;
}

/** Whether a text has a block of ours. */
export const hasBlock = (text: string): boolean => splitLines(text).some(isBegin);

/**
 * Removes the markers of all blocks, and the keys and tables between them that are ours. What the user wrote there
 * stays. If all lines are ours, this is the inverse of `addBlock`, to the byte.
 * @param isOurs gets the full path of a header or a key.
 * @returns undefined: nothing is left of a file that was ours alone.
 * @throws {StatusError} FailedPrecondition – a marker has no counterpart.
 */
export function removeBlocks(
  text: string,
  path: string,
  isOurs: (key: KeyLines["path"]) => boolean,
): string | undefined {
  const lines = splitLines(text);
  const blocks = findBlocks(lines, path);
  const dropped = new Set(blocks.flatMap(({ first, last }) => [first, last]));
  for (const { path: key, line, lastLine } of tomlKeys(text)) {
    const block = blocks.find(({ first, last }) => first < line - 1 && lastLine - 1 < last);
    if (block === undefined || !isOurs(key)) continue;
    for (let at = line - 1; at < lastLine; at++) dropped.add(at);
  }
  const isOwn = blocks.some(({ hasOwnFile }) => hasOwnFile);
  const hasContent = lines.some((line, at) => !dropped.has(at) && !isVersionOf(blocks, line, at) && line.trim() !== "");
  return isOwn && !hasContent ? undefined : join(lines, dropped, blocks);
}

/**
 * Whether a line is the version of a file that we created. The version is ours too, as long as nothing else in the file
 * needs it.
 */
function isVersionOf(blocks: readonly Block[], line: string, at: number): boolean {
  const isInside = blocks.some(({ first, last, hasOwnFile }) => hasOwnFile && first < at && at < last);
  return isInside && /^version\s*=/.test(line);
}

function join(lines: readonly string[], dropped: ReadonlySet<number>, blocks: readonly Block[]): string {
  let result = "";
  for (const [at, line] of lines.entries()) if (!dropped.has(at)) result += line;
  const isLast = ({ first }: Block): boolean => lines.every((_, at) => at < first || dropped.has(at));
  const hadNone = blocks.some((block) => block.hasOwnLineFeed && isLast(block));
  return hadNone ? result.replace(/\r?\n$/, "") : result;
}

function findBlocks(lines: readonly string[], path: string): Block[] {
  const blocks: Block[] = [];
  for (const [first, line] of lines.entries()) {
    if (!isBegin(line)) continue;
    const last = lines.findIndex((other, at) => at > first && (isBegin(other) || other.trim() === end));
    if (lines[last]?.trim() !== end) {
      throw failedPrecondition(`${path}:${first + 1}: the line that ends this block is missing: ${end}`);
    }
    blocks.push({ first, last, hasOwnLineFeed: line.includes(ownLineFeed), hasOwnFile: line.includes(ownFile) });
  }
  return blocks;
}

const isBegin = (line: string): boolean => line.trim().startsWith(begin);
const splitLines = (text: string): string[] => text.split(/(?<=\n)/);
