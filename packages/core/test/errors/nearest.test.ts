import test from "ava";
import { nearest, suggestion } from "../../src/errors/nearest.ts";

const keys = ["linger", "grouping", "cap", "drain_timeout", "preStart"];
const finds = test.macro((t, word: string, expected: string | undefined) => t.is(nearest(word, keys), expected));
test("nearest – finds – a letter missing", finds, "linge", "linger");
test("nearest – finds – a letter too many", finds, "lingerr", "linger");
test("nearest – finds – neighbours swapped", finds, "preStrat", "preStart");
test("nearest – finds – another case", finds, "Linger", "linger");
test("nearest – finds – a short word", finds, "cpa", "cap");
test("nearest – finds nothing – another word", finds, "timeout", undefined);
test("nearest – finds nothing – no text", finds, "", undefined);

test("suggestion – is empty – nothing is near", (t) => {
  t.is(suggestion("xyz", keys), "");
  t.is(suggestion("groupin", keys), "; did you mean `grouping`?");
});
