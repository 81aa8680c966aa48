import type { Compiler, Expression, ResultType } from "../cel/expression.ts";

/** Compiles a part of a policy. @throws {Error} says `where` and what is wrong. */
export type Compile = (where: string, text: string, ...types: readonly ResultType[]) => Expression;

/** Has a compiler say where something does not compile. */
export function compileWith(compiler: Compiler): Compile {
  return (where, text, ...types) => {
    try {
      return compiler.compile(text, ...types);
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
  };
}
