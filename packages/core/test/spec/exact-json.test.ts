import test from "ava";
import fc from "fast-check";
import { formatExactJson, parseExactJson } from "../../src/spec/exact-json.ts";

test("parseExactJson – integers that no double holds – come back as they were", (t) => {
  const text = '{"limit":9223372036854771712,"swap":-9223372036854775808,"small":-1,"half":0.5,"big":1e300}';
  t.deepEqual(parseExactJson(text), {
    limit: 9223372036854771712n,
    swap: -9223372036854775808n,
    small: -1,
    half: 0.5,
    big: 1e300,
  });
  t.is(
    formatExactJson(parseExactJson('{"a":[9223372036854771712,{"b":18446744073709551615}]}')),
    '{"a":[9223372036854771712,{"b":18446744073709551615}]}',
  );
});

test("parseExactJson – any JSON – is what JSON.parse makes of it, and survives the way back", (t) => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      t.is(formatExactJson(parseExactJson(text)), text);
    }),
  );
});
