import { invalidArgument } from "../errors/errors.ts";

/** That of Go's encoding/json, so of the runtimes; deeper ones take seconds to parse and to print. */
const maxDepth = 10_000;

/**
 * Parses a JSON object that came from a client. `what` is the subject of the error, `parse` reads
 * the JSON.
 * @throws {StatusError} InvalidArgument – no JSON, no object, or nested too deeply.
 */
export function parseJsonObject(text: string, what: string, parse: (text: string) => unknown = JSON.parse): object {
  if (isTooDeep(text)) throw invalidArgument(`${what}: nested deeper than ${maxDepth}`);
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw invalidArgument(`${what}: no JSON: ${(error as Error).message}`);
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw invalidArgument(`${what}: no JSON object`);
}

/**
 * Refuses JSON with so many keys that to parse it, judge it and write it anew would hold up the daemon: half a million take seconds.
 * @throws {StatusError} InvalidArgument – more than 20,000 keys; the message has the limit.
 */
export function requireFewKeys(text: string, what: string): void {
  if (text.length < maxKeys * shortestEntry) return;
  let keys = 0;
  const isOver = isAnyOutside(text, (character) => character === colon && ++keys > maxKeys);
  if (isOver) throw invalidArgument(`${what}: more than ${maxKeys} keys, which is the limit where hooks judge it`);
}

/** A large container has some hundreds. */
const maxKeys = 20_000;
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

/** Whether `is` holds for a character of JSON that is not within a string. */
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

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a];
const [openBracket, closeBracket] = [0x5b, 0x5d];
const [openBrace, closeBrace] = [0x7b, 0x7d];
