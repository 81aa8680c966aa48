import { RE2JS } from "@bufbuild/re2";
import { type ASTNode, Environment, type ParseResult } from "@marcbachmann/cel-js";
import * as functions from "./functions.ts";
import { guardLoops, inTime, nodesIn, toLoop } from "./loops.ts";
import * as namespaces from "./namespaces.ts";

/** The names that an expression can use. */
export const variableNames = [
  "stage",
  "spec",
  "process",
  "container",
  "exec",
  "rootfs",
  "stdio",
  "options",
  "restoreFrom",
  "resources",
  "signal",
  "params",
  "variables",
  "policy",
] as const;

/** Values by name, normalised. Those that a stage does not have are null. */
export type Values = Readonly<Record<(typeof variableNames)[number], unknown>>;

/** A compiled expression. */
export interface Expression {
  /**
   * @throws {Error} it cannot be evaluated on these values: a missing key, incompatible types, or loops that run until
   * the compiler's deadline.
   */
  evaluate(values: Values): unknown;
}

const limits = { maxAstNodes: 2_000, maxDepth: 50 };
/** Three nested loops take seconds on a list that a client can send. */
const maxNesting = 2;

/**
 * One error for all: `all` and `exists` meet it again for each remaining item, and creating one costs as much as ten
 * items.
 */
const deadlinePassed = new Error("its loops take longer than the hook may");

/** The types that the result of an expression can be required to have. */
export type ResultType = "bool" | "string" | "null";

/** Compiles expressions. There is one compiler for each policy. */
export class Compiler {
  /** The time at which loops of its expressions end with an error. Set it before they are evaluated. Default: never. */
  deadlineAt: Date | undefined;
  readonly #environment: Environment;
  readonly #declared = new Set<string>();

  constructor() {
    const environment = new Environment({
      unlistedVariablesAreDyn: false,
      homogeneousAggregateLiterals: false,
      limits,
    });
    for (const name of variableNames) environment.registerVariable(name, name === "stage" ? "string" : "dyn");
    const image = (part: "registry" | "repository" | "tag" | "digest") => (text: string) =>
      functions.parseImage(text)[part];
    const declared: Readonly<Record<string, (...args: never[]) => unknown>> = {
      [`${inTime}: bool`]: () => this.#inTime(),
      "re2(string, string): bool": functions.re2,
      "glob(string, string): bool": functions.glob,
      "cleanPath(string): string": functions.cleanPath,
      "isUnder(string, string): bool": functions.isUnder,
      "capability(string): string": functions.capability,
      "isHostNamespace(dyn, string): bool": isHostNamespace,
      "quantity(string): int": functions.quantity,
      "envValue(list, string): string": functions.envValue,
      "imageRegistry(string): string": image("registry"),
      "imageRepository(string): string": image("repository"),
      "imageTag(string): string": image("tag"),
      "imageDigest(string): string": image("digest"),
    };
    for (const [declaration, handler] of Object.entries(declared)) environment.registerFunction(declaration, handler);
    this.#environment = environment;
  }

  /** Allows `variables.NAME` in expressions that are compiled from now on. */
  declare(name: string): void {
    this.#declared.add(name);
  }

  /**
   * Compiles an expression whose value must have one of `types`, if any are given.
   * @throws {Error} what is wrong with it, in one line.
   */
  compile(text: string, ...types: readonly ResultType[]): Expression {
    const written = this.#parse(text);
    const { type: found = "dyn" } = check(written);
    const isOneOf = (type: string): boolean => types.length === 0 || (types as readonly string[]).includes(type);
    const expected = types.join(" or ");
    if (found !== "dyn" && !isOneOf(found)) throw new Error(`it is a ${found}, not a ${expected}`);
    inspect(written.ast, 0);
    checkVariables(written.ast, this.#declared);
    const guarded = this.#parse(guardLoops(text, written.ast));
    check(guarded);
    return {
      evaluate: (values) => {
        const value: unknown = run(guarded, values);
        if (isOneOf(typeOf(value))) return value;
        throw new Error(`came to a ${typeOf(value)}, not a ${expected}`);
      },
    };
  }

  #inTime(): true {
    if (this.deadlineAt !== undefined && Date.now() >= this.deadlineAt.getTime()) throw deadlinePassed;
    return true;
  }

  #parse(text: string): ParseResult {
    try {
      return this.#environment.parse(text);
    } catch (error) {
      throw new Error(firstLine(error), { cause: error });
    }
  }
}

function check(parsed: ParseResult): ReturnType<ParseResult["check"]> {
  const result = parsed.check();
  if (!result.valid) throw new Error(firstLine(result.error));
  return result;
}

function run(parsed: ParseResult, values: Values): unknown {
  try {
    return parsed(values);
  } catch (error) {
    throw new Error(firstLine(error), { cause: error });
  }
}

/** Returns the type of a value in CEL's words, for the types that a result can be required to have. */
function typeOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "boolean" ? "bool" : typeof value;
}

function isHostNamespace(list: unknown, type: string): boolean {
  const entries: readonly unknown[] = Array.isArray(list) ? list : [];
  const plain = entries.map((each) => (each instanceof Map ? Object.fromEntries(each) : Object(each)));
  return namespaces.isHostNamespace(plain, type);
}

/** Refuses what would be slow: patterns that are not RE2, and loops within loops within loops. */
function inspect(node: ASTNode, nesting: number): void {
  const { op, args } = node as { op: string; args: unknown };
  let depth = nesting;
  if (op === "call" || op === "rcall") {
    const [name, ...rest] = args as readonly [string, ...unknown[]];
    if (name === "matches") throw new Error("matches() is not linear in time: use re2(text, pattern)");
    if (name === "re2") compilePattern(rest);
    if (toLoop(node) !== undefined) depth++;
    if (depth > maxNesting) throw new Error(`more than ${maxNesting} loops, one in the other`);
  }
  for (const child of nodesIn(args)) inspect(child, depth);
}

/** Refuses undeclared variables, and every other use of `variables`, which could hide an undeclared one. */
function checkVariables(node: ASTNode, declared: ReadonlySet<string>): void {
  const { op, args } = node as { op: string; args: unknown };
  if (op === "id" && args === "variables") throw new Error("variables have to be named: variables.NAME");
  if (op === ".") {
    const [object, name] = args as readonly [ASTNode, string];
    if (object.op === "id" && object.args === "variables") {
      if (declared.has(name)) return;
      throw new Error(`Unknown variable: variables.${name}`);
    }
  }
  for (const child of nodesIn(args)) checkVariables(child, declared);
}

/** Compiles a literal pattern together with the policy, so that a mistake shows at once. */
function compilePattern([args]: readonly unknown[]): void {
  const pattern = (args as readonly { op?: string; args?: unknown }[])[1];
  if (pattern?.op === "value" && typeof pattern.args === "string") RE2JS.compile(pattern.args);
}

function firstLine(error: unknown): string {
  return String((error as Error | undefined)?.message ?? error).split("\n")[0] ?? "";
}
