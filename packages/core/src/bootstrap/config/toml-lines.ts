type Path = readonly (string | number)[];

/**
 * Returns the line of the key at `path` in a valid TOML text, 1-based. Array elements are numbers. For a key inside an
 * inline table, returns the line of the key that holds the table. Undefined: no part of the path exists.
 */
export function lineOf(text: string, path: Path): number | undefined {
  let best: { readonly depth: number; readonly line: number } | undefined;
  for (const { path: found, line } of tomlKeys(text)) {
    const depth = Math.min(found.length, path.length);
    const isOnTheWay = found.slice(0, depth).every((step, i) => step === path[i]);
    if (depth > 0 && isOnTheWay && depth > (best?.depth ?? 0)) best = { depth, line };
  }
  return best?.line;
}

/** The location of a header or a key. */
export interface KeyLines {
  /** Full path; array elements are numbers. */
  readonly path: Path;
  /** 1-based. */
  readonly line: number;
  /** Last line of the value, which may span several. */
  readonly lastLine: number;
}

/** Yields every header and every key that begins a line, in a valid TOML text. */
export function* tomlKeys(text: string): Generator<KeyLines> {
  const elements = new Map<string, number>();
  let table: Path = [];
  for (const { line, statement } of statements(text)) {
    const lastLine = line + statement.split("\n").length - 1;
    const header = /^\[(\[?)(.*?)\]?\]\s*(?:#.*)?$/s.exec(statement);
    if (header !== null) {
      table = toTable(keyPath(header[2] ?? ""), header[1] === "[", elements);
      yield { path: table, line, lastLine };
    } else yield { path: [...table, ...keyPath(statement)], line, lastLine };
  }
}

/** Inserts the index of the current element after each name that is an array of tables. */
function toTable(names: readonly string[], isElement: boolean, elements: Map<string, number>): Path {
  const path: (string | number)[] = [];
  names.forEach((name, i) => {
    path.push(name);
    const key = JSON.stringify(path);
    if (isElement && i === names.length - 1) elements.set(key, (elements.get(key) ?? -1) + 1);
    const index = elements.get(key);
    if (index !== undefined) path.push(index);
  });
  return path;
}

/** Parses a dotted key, including quoted parts, up to the `=` or the end. */
function keyPath(text: string): string[] {
  const part = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*(\.?)/y;
  const path: string[] = [];
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    path.push(match[1] ?? match[2] ?? match[3] ?? "");
    if (match[4] !== ".") break;
  }
  return path;
}

interface Statement {
  readonly line: number;
  readonly statement: string;
}

/**
 * Splits a text into lines, but keeps values that span several (arrays, inline tables, long texts) together. Drops
 * empty lines and comments.
 */
function* statements(text: string): Generator<Statement> {
  let line = 1;
  let start = 0;
  let startLine = 1;
  for (const { index, isEnd } of lineFeeds(text)) {
    line++;
    if (!isEnd) continue;
    const statement = text.slice(start, index).trim();
    if (statement !== "" && !statement.startsWith("#")) yield { line: startLine, statement };
    start = index + 1;
    startLine = line;
  }
}

/** Yields every line feed, and one more after the end. `isEnd`: it ends a statement. */
function* lineFeeds(text: string): Generator<{ readonly index: number; readonly isEnd: boolean }> {
  const token = /"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}]|\n|$/g;
  let depth = 0;
  for (const match of text.matchAll(token)) {
    const [found] = match;
    if (found === "[" || found === "{") depth++;
    else if (found === "]" || found === "}") depth--;
    else if (found === "\n" || found === "") yield { index: match.index, isEnd: depth <= 0 || found === "" };
    else {
      for (let i = found.indexOf("\n"); i !== -1; i = found.indexOf("\n", i + 1)) {
        yield { index: match.index + i, isEnd: false };
      }
    }
  }
}
