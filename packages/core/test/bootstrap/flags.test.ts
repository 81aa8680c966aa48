import test from "ava";
import fc from "fast-check";
import { parseFlags, UsageError } from "../../src/bootstrap/flags.ts";

const table: readonly (readonly [string, readonly string[], Partial<ReturnType<typeof parseFlags>>])[] = [
  ["value apart", ["-id", "a"], { id: "a" }],
  ["value attached", ["-id=a"], { id: "a" }],
  ["two dashes", ["--id", "a", "--namespace=n"], { id: "a", namespace: "n" }],
  ["value with an equals sign", ["-id=a=b"], { id: "a=b" }],
  ["empty value", ["-id=", "start"], { id: "", action: "start" }],
  ["value that looks like a flag", ["-id", "-debug"], { id: "-debug", debug: false }],
  ["switch takes no following value", ["-debug", "start"], { debug: true, action: "start" }],
  ["switch with value", ["-debug=false", "-debug=T"], { debug: true }],
  ["stops at the action", ["start", "-debug"], { action: "start", debug: false }],
  ["stops after two dashes", ["--", "-debug"], { action: "-debug", debug: false }],
  ["a single dash is an argument", ["-", "-debug"], { action: "-", debug: false }],
  ["the last one wins", ["-id", "a", "-id", "b"], { id: "b" }],
  ["version", ["-v"], { version: true }],
  ["version, long", ["--version"], { version: true }],
  [
    "everything else",
    ["-socket", "s", "-debug-socket=d", "-publish-binary", "p", "-bundle", "b", "-info"],
    {
      socket: "s",
      debugSocket: "d",
      publishBinary: "p",
      bundle: "b",
      info: true,
    },
  ],
];
for (const [what, args, expected] of table) {
  test(`parseFlags – as Go's package flag – ${what}`, (t) => t.like(parseFlags(args), expected));
}

for (const args of [
  ["-x"],
  ["-id"],
  ["-debug=maybe"],
  ["---id", "a"],
  ["-=a"],
  ["-constructor", "a"],
  ["-__proto__=a"],
]) {
  test(`parseFlags – usage error – ${args.join(" ")}`, (t) => {
    t.throws(() => parseFlags(args), { instanceOf: UsageError });
  });
}

test("parseFlags – ends with flags or a usage error – any arguments", (t) => {
  const argument = fc.oneof(
    fc.string(),
    fc.constantFrom("-id", "--debug", "-", "--", "-debug=", "-namespace=x", "start"),
  );
  fc.assert(
    fc.property(fc.array(argument), (args) => {
      try {
        return typeof parseFlags(args).action === "string";
      } catch (error) {
        return error instanceof UsageError;
      }
    }),
  );
  t.pass();
});
