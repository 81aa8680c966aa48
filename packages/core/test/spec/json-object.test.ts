import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import fc from "fast-check";
import { parseJsonObject } from "../../src/spec/json-object.ts";

test("parseJsonObject – any object, whatever its strings hold – as JSON.parse", (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = JSON.stringify(value);
      t.deepEqual(parseJsonObject(text, "it"), JSON.parse(text));
    }),
  );
  t.deepEqual(parseJsonObject(`{"a":"${"[".repeat(20_000)}\\\\\\"${"{".repeat(20_000)}"}`, "it"), {
    a: `${"[".repeat(20_000)}\\"${"{".repeat(20_000)}`,
  });
});

for (const [text, message] of [
  ["", /^it: no JSON: /],
  ["{", /^it: no JSON: /],
  ["[]", /^it: no JSON object$/],
  ["null", /^it: no JSON object$/],
  [`{"a":${"[".repeat(2_000_000)}`, /^it: nested deeper than 10000$/],
] as const) {
  test(`parseJsonObject – refuses – ${text.slice(0, 20)}`, (t) => {
    t.is(t.throws<StatusError>(() => parseJsonObject(text, "it"), { message }).code, Code.InvalidArgument);
  });
}
