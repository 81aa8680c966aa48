import type { Expression, Values } from "../cel/expression.ts";

/**
 * Returns an object with an entry for each variable of a policy, evaluated on `values` when it is first asked for, and once:
 * an error is kept as a value is.
 */
export function toVariables(expressions: readonly (readonly [string, Expression])[], values: Values): object {
  const variables = {};
  for (const [name, expression] of expressions) {
    let evaluate = (): unknown => {
      evaluate = outcomeOf(expression, values);
      return evaluate();
    };
    Object.defineProperty(variables, name, { get: () => evaluate(), enumerable: true });
  }
  return variables;
}

/** Evaluates once; returns what gives the value, or throws the error, from then on. */
function outcomeOf(expression: Expression, values: Values): () => unknown {
  try {
    const value = expression.evaluate(values);
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
