import type { Expression, Values } from "../cel/expression.ts";

/** The variables of a policy, each evaluated when it is first asked for, and once. */
export class Variables extends Map<string, unknown> {
  readonly #expressions: ReadonlyMap<string, Expression>;
  readonly #values: Values;

  /** `values` is what the expressions see, this object included. */
  constructor(expressions: readonly (readonly [string, Expression])[], values: Values) {
    super();
    this.#expressions = new Map(expressions);
    this.#values = values;
  }

  override has(name: string): boolean {
    return this.#expressions.has(name);
  }

  override get(name: string): unknown {
    const expression = this.#expressions.get(name);
    if (expression === undefined || super.has(name)) return super.get(name);
    // A variable that asks for itself finds nothing.
    this.set(name, undefined);
    const value = expression.evaluate(this.#values);
    this.set(name, value);
    return value;
  }
}
