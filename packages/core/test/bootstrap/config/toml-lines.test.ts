import test from "ava";
import fc from "fast-check";
import { lineOf } from "../../../src/bootstrap/config/toml-lines.ts";

const text = `# [not.a.header]
top = 1
"quoted key" = [ # [x]
  "]",
  '[stdio]',
]
long = """
[stdio]
mode = "no"
""" # done
a.b . "c.d" = { e = 1,
  f = [{ g = 2 }] }

[stdio] # comment
mode = 'pipe'

[[plugin]]
name = "a"
[plugin.config]
x = 1
[[plugin]]
name = '''
b'''
  [[plugin.config.rules]]
  allow = true
  [[plugin.config.rules]]
  allow = false
`;

const finds = test.macro((t, path: (string | number)[], line: number | undefined) => t.is(lineOf(text, path), line));
test("lineOf – finds – a key at the top", finds, ["top"], 2);
test("lineOf – finds – a quoted key", finds, ["quoted key"], 3);
test("lineOf – finds – an element of an array over several lines", finds, ["quoted key", 1], 3);
test("lineOf – finds – a key after a text that looks like TOML", finds, ["stdio", "mode"], 15);
test("lineOf – finds – a table", finds, ["stdio"], 14);
test("lineOf – finds – a dotted key", finds, ["a", "b", "c.d"], 11);
test("lineOf – finds – a key within an inline table", finds, ["a", "b", "c.d", "f", 0, "g"], 11);
test("lineOf – finds – the first element of an array of tables", finds, ["plugin", 0, "name"], 18);
test("lineOf – finds – a table of an element", finds, ["plugin", 0, "config", "x"], 20);
test("lineOf – finds – the second element", finds, ["plugin", 1, "name"], 22);
test("lineOf – finds – the element itself for a missing key", finds, ["plugin", 1, "use"], 21);
test("lineOf – finds – an array of tables in an element", finds, ["plugin", 1, "config", "rules", 1, "allow"], 27);
test("lineOf – finds nothing – an absent key", finds, ["nowhere"], undefined);

test("lineOf – never throws – any text", (t) => {
  const piece = fc.constantFrom(
    "[",
    "]",
    "[[",
    "{",
    "}",
    '"',
    "'",
    '"""',
    "'''",
    "\n",
    "=",
    "a",
    ".",
    "#",
    "\\",
    "1",
    ",",
  );
  const property = fc.property(
    fc.array(piece, { maxLength: 60 }),
    fc.array(fc.constantFrom("a", 0, 1)),
    (pieces, path) => {
      const line = lineOf(pieces.join(""), path);
      return line === undefined || line >= 1;
    },
  );
  fc.assert(property, { numRuns: 500 });
  t.pass();
});
