import type { Compiler, Expression, ResultType } from "../cel/expression.ts";

/** Compiles a part of a policy. @throws {Error} names `where` and what is wrong. */
export type Compile = (where: string, text: string, ...types: readonly ResultType[]) => Expression;

/** Returns a function that compiles with `compiler`. Its errors name the part that does not compile. */
export function compileWith(compiler: Compiler): Compile {
  return (where, text, ...types) => {
    try {
      return compiler.compile(text, ...types);
    } catch (error) {
      throw new Error(`${where}: ${(error as Error).message}`, { cause: error });
    }
  };
}
