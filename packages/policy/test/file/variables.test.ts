import test from "ava";
import type { Expression, Values } from "../../src/cel/expression.ts";
import { toVariables } from "../../src/file/variables.ts";

test("toVariables – each – is evaluated when it is asked for, once, also if it is an error", (t) => {
  const asked: string[] = [];
  const expression = (name: string, evaluate: () => unknown): readonly [string, Expression] => [
    name,
    {
      evaluate: () => {
        asked.push(name);
        return evaluate();
      },
    },
  ];
  const bad = expression("bad", () => {
    throw new Error("no such key");
  });
  const none = expression("none", () => undefined);
  const variables = toVariables([expression("good", () => 7), bad, none, expression("unused", () => 1)], {} as Values);
  const read = (name: string): unknown => (variables as Record<string, unknown>)[name];
  t.deepEqual(asked, []);
  for (let i = 0; i < 2; i++) {
    t.is(read("good"), 7);
    t.is(read("none"), undefined);
    t.throws(() => read("bad"), { message: "no such key" });
  }
  t.deepEqual(asked, ["good", "none", "bad"]);
});
