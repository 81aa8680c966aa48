import { invalidArgument } from "../errors/errors.ts";
import { isTable } from "./table.ts";

/** The limit of Go's encoding/json, and so of the runtimes; deeper objects take seconds to parse and to print. */
const maxDepth = 10_000;

/**
 * Parses a JSON object that came from a client. `what` is the subject of the error; `parse` reads the JSON.
 * @throws {StatusError} InvalidArgument – not JSON, not an object, or nested too deeply.
 */
export function parseJsonObject(text: string, what: string, parse: (text: string) => unknown = JSON.parse): object {
  if (isTooDeep(text)) throw invalidArgument(`${what}: nested deeper than ${maxDepth}`);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw invalidArgument(`${what}: no JSON: ${(error as Error).message}`);
  }
  if (isTable(value)) return value;
  throw invalidArgument(`${what}: no JSON object`);
}

/**
 * Refuses JSON with so many keys or list entries that parsing, judging and rewriting it would block the daemon: half a
 * million keys take seconds.
 * @throws {StatusError} InvalidArgument – more than 20,000 keys, or 50,000 entries; the message names the limit.
 */
export function requireFewEntries(text: string, what: string): void {
  if (text.length < maxKeys * shortestEntry) return;
  let [keys, entries] = [0, 0];
  const isOver = isAnyOutside(text, (character) => {
    return character === colon ? ++keys > maxKeys : character === comma && ++entries > maxEntries;
  });
  if (!isOver) return;
  const limit = keys > maxKeys ? `${maxKeys} keys` : `${maxEntries} entries`;
  throw invalidArgument(`${what}: more than ${limit}, which is the limit where hooks judge it`);
}

/** A large container has some hundreds. */
const maxKeys = 20_000;
/** Of lists and objects. */
const maxEntries = 50_000;
/** `"":1,` */
const shortestEntry = 5;

function isTooDeep(text: string): boolean {
  let depth = 0;
  return isAnyOutside(text, (character) => {
    if (character === openBracket || character === openBrace) depth++;
    else if (character === closeBracket || character === closeBrace) depth--;
    return depth > maxDepth;
  });
}

/** Whether `is` holds for any character of the JSON outside of strings. */
function isAnyOutside(text: string, is: (character: number) => boolean): boolean {
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === backslash) index++;
      else if (character === quote) inString = false;
    } else if (character === quote) inString = true;
    else if (is(character)) return true;
  }
  return false;
}

const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const [openBracket, closeBracket] = [0x5b, 0x5d];
const [openBrace, closeBrace] = [0x7b, 0x7d];
