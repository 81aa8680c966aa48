import type { ASTNode } from "@marcbachmann/cel-js";

/** The function that every step of every loop calls first. It throws once the deadline has passed. */
export const inTime = "inTime()";

const macros: ReadonlySet<string> = new Set(["all", "exists", "exists_one", "map", "filter"]);

/** A loop: `list.all(x, predicate)`, `list.map(x, predicate, value)` and the like. */
interface Loop {
  readonly macro: string;
  readonly args: readonly [variable: ASTNode, ...ASTNode[]];
}

/** Returns the loop that a node is; undefined if it is none. */
export function toLoop({ op, args }: ASTNode): Loop | undefined {
  if (op !== "rcall") return undefined;
  const [macro, , rest] = args as [string, ASTNode, ASTNode[]];
  return macros.has(macro) ? { macro, args: rest as [ASTNode, ...ASTNode[]] } : undefined;
}

/** Yields the nodes directly below `value`, which is a node's `args`. */
export function* nodesIn(value: unknown): Generator<ASTNode> {
  if (Array.isArray(value)) for (const each of value) yield* nodesIn(each);
  else if (typeof value === "object" && value !== null && "op" in value && "args" in value) yield value as ASTNode;
}

/**
 * Returns an expression's text with `inTime()` in every step of its loops. It is the condition of `?:` and not a side
 * of `&&`, which would evaluate its other side after an error. `all` and `exists` continue after an error, but do
 * nothing else in a step.
 */
export function guardLoops(text: string, ast: ASTNode): string {
  const insertions = [...insertionsIn(text, ast)].sort((a, b) => b.at - a.at);
  return insertions.reduce((result, { at, what }) => result.slice(0, at) + what + result.slice(at), text);
}

interface Insertion {
  readonly at: number;
  readonly what: string;
}

function* insertionsIn(text: string, node: ASTNode): Generator<Insertion> {
  const loop = toLoop(node);
  if (loop !== undefined) {
    const [variable, , value] = loop.args;
    const from = text.indexOf(",", variable.end) + 1;
    const to = value === undefined ? node.end - 1 : text.lastIndexOf(",", value.start - 1);
    if (loop.macro === "map" && value === undefined) yield { at: from, what: ` ${inTime},` };
    else
      yield* [
        { at: from, what: ` ${inTime} ? (` },
        { at: to, what: ") : false" },
      ];
  }
  for (const child of nodesIn(node.args)) yield* insertionsIn(text, child);
}
