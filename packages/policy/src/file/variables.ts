import type { Expression, Values } from "../cel/expression.ts";

/**
 * Returns an object with an entry for each variable of a policy, evaluated on `values` when it is first asked for, and once.
 * A variable that asks for itself is an error.
 */
export function toVariables(expressions: readonly (readonly [string, Expression])[], values: Values): object {
  const variables = {};
  for (const [name, expression] of expressions) {
    let state: { readonly value: unknown } | "waiting" | "busy" = "waiting";
    const get = (): unknown => {
      if (state === "busy") throw new Error(`variable ${name} asks for itself`);
      if (state !== "waiting") return state.value;
      state = "busy";
      const value = expression.evaluate(values);
      state = { value };
      return value;
    };
    Object.defineProperty(variables, name, { get, enumerable: true });
  }
  return variables;
}
