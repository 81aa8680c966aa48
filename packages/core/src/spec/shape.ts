import { isTable, type Table } from "./table.ts";

/** What a JSON value may be. */
export type Shape =
  | { readonly kind: "anything" | "text" | "bool" }
  | { readonly kind: "whole"; readonly min: number | bigint; readonly max: number | bigint }
  | { readonly kind: "list"; readonly of: Shape; readonly unique?: string }
  | { readonly kind: "table"; readonly of: Shape }
  | { readonly kind: "object"; readonly fields: ReadonlyMap<string, Shape> };

/** Where a value does not match its shape, as a JSON pointer without escapes, and why: `must be a text`. */
export interface Problem {
  readonly path: string;
  readonly reason: string;
}

export const anything: Shape = { kind: "anything" };
/** A string without NUL, at which programs written in C would end it. */
export const text: Shape = { kind: "text" };
export const bool: Shape = { kind: "bool" };
/** An integer; both bounds are included. */
export const whole = (min: number | bigint, max: number | bigint): Shape => ({ kind: "whole", min, max });
/** `unique`: the field whose value must differ in every entry. */
export const list = (of: Shape, unique?: string): Shape => ({ kind: "list", of, ...(unique && { unique }) });
/** An object whose keys the client chooses. */
export const table = (of: Shape): Shape => ({ kind: "table", of });
/** An object with these fields, each of which may be missing. Other fields may hold any value. */
export const object = (fields: Readonly<Record<string, Shape>>): Shape => ({
  kind: "object",
  fields: new Map(Object.entries(fields)),
});

/**
 * Checks JSON values against shapes. Go's encoding/json matches keys case-insensitively, other parsers do not: a key
 * that differs from a field of `root` only in case, wherever it is, would be read by one runtime and not by another.
 * @see https://pkg.go.dev/encoding/json#Unmarshal
 */
export class ShapeCheck {
  readonly #names: ReadonlyMap<string, string>;

  /** `root`: the shape whose field names, at every depth, are the known names. */
  constructor(root: Shape) {
    this.#names = new Map([...namesIn(root)].map((name) => [fold(name), name]));
  }

  /**
   * Deletes fields of `value` that are null, which every runtime reads as absent. Returns the first problem, undefined
   * if there is none: a value of another type than its shape's, a number out of range, NUL, a duplicate entry, an
   * ambiguous key.
   */
  normalise(value: unknown, shape: Shape): Problem | undefined {
    switch (shape.kind) {
      case "text":
        return textProblem(value);
      case "bool":
        return typeof value === "boolean" ? undefined : problem("must be true or false");
      case "whole":
        return isWhole(value, shape) ? undefined : problem(`must be a whole number from ${shape.min} to ${shape.max}`);
      case "list":
        return this.#list(value, shape);
      case "table":
        return isTable(value) ? this.#table(value, shape.of) : problem("must be an object");
      case "object":
        return isTable(value) ? this.#object(value, shape.fields) : problem("must be an object");
      case "anything":
        return this.#anything(value);
    }
  }

  #list(value: unknown, { of, unique }: Extract<Shape, { kind: "list" }>): Problem | undefined {
    if (!Array.isArray(value)) return problem("must be a list");
    for (let at = 0; at < value.length; at++) {
      const found = this.normalise(value[at], of);
      if (found !== undefined) return below(String(at), found);
    }
    return unique === undefined ? undefined : findRepetition(value, unique);
  }

  #table(value: Table, of: Shape): Problem | undefined {
    for (const key of Object.keys(value)) {
      const found = keyProblem(key) ?? this.normalise(value[key], of);
      if (found !== undefined) return below(key, found);
    }
    return undefined;
  }

  #object(value: Table, fields: ReadonlyMap<string, Shape>): Problem | undefined {
    for (const key of Object.keys(value)) {
      const shape = fields.get(key);
      if (shape !== undefined && value[key] === null) delete value[key];
      else {
        const found = shape === undefined ? this.#unknown(key, value[key]) : this.normalise(value[key], shape);
        if (found !== undefined) return below(key, found);
      }
    }
    return undefined;
  }

  #unknown(key: string, value: unknown): Problem | undefined {
    const name = this.#names.get(fold(key));
    if (name !== undefined && name !== key) return problem("is a key that runtimes would not agree on");
    return keyProblem(key) ?? this.#anything(value);
  }

  #anything(value: unknown): Problem | undefined {
    if (typeof value === "string") return textProblem(value);
    if (typeof value === "number") return Number.isFinite(value) ? undefined : problem("is too large a number");
    if (Array.isArray(value)) return this.#list(value, { kind: "list", of: anything });
    return isTable(value) ? this.#object(value, noFields) : undefined;
  }
}

const noFields: ReadonlyMap<string, Shape> = new Map();
const problem = (reason: string): Problem => ({ path: "", reason });
const below = (key: string, { path, reason }: Problem): Problem => ({
  path: `/${key.replaceAll("\0", "\\u0000")}${path}`,
  reason,
});

function textProblem(value: unknown): Problem | undefined {
  if (typeof value !== "string") return problem("must be a text");
  return value.includes("\0") ? problem("must be a text without NUL") : undefined;
}

function keyProblem(key: string): Problem | undefined {
  return key.includes("\0") ? problem("is a key with NUL") : undefined;
}

function isWhole(value: unknown, { min, max }: Extract<Shape, { kind: "whole" }>): boolean {
  return (Number.isInteger(value) || typeof value === "bigint") && (value as number) >= min && (value as number) <= max;
}

function findRepetition(list: readonly unknown[], field: string): Problem | undefined {
  const seen = new Set<unknown>();
  for (const [at, entry] of list.entries()) {
    const value = (entry as Table)[field];
    if (seen.has(value)) return { path: `/${at}`, reason: `is the second one of ${field} ${JSON.stringify(value)}` };
    seen.add(value);
  }
  return undefined;
}

function* namesIn(shape: Shape): Generator<string> {
  if (shape.kind === "list" || shape.kind === "table") yield* namesIn(shape.of);
  if (shape.kind !== "object") return;
  for (const [name, of] of shape.fields) {
    yield name;
    yield* namesIn(of);
  }
}

/** Folds case as Go does, which treats the long s and the Kelvin sign as s and k. */
function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}
