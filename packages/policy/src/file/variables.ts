import type { Expression, Values } from "../cel/expression.ts";

/**
 * Returns an object with a property for each variable of a policy. A variable is evaluated on `values` when it is first
 * read, and only once: an error is kept like a value.
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

/**
 * Evaluates an expression once. Returns a function that returns the value, or throws the error, each time it is called.
 */
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
