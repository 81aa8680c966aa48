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

function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index++) {
    const character = text.charCodeAt(index);
    if (inString) {
      if (character === backslash) index++;
      else if (character === quote) inString = false;
    } else if (character === quote) inString = true;
    else if (character === openBracket || character === openBrace) depth++;
    else if (character === closeBracket || character === closeBrace) depth--;
    if (depth > maxDepth) return true;
  }
  return false;
}

const [quote, backslash] = [0x22, 0x5c];
const [openBracket, closeBracket] = [0x5b, 0x5d];
const [openBrace, closeBrace] = [0x7b, 0x7d];
