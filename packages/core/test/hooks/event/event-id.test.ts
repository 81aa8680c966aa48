import test from "ava";
import fc from "fast-check";
import { newEventId } from "../../../src/hooks/event/event-id.ts";

test("newEventId – is a ULID – now", (t) => {
  const id = newEventId();
  t.regex(id, /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  t.not(newEventId(), id);
});

test("newEventId – carries the time – far in the future", (t) => {
  const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  const timeMs = 2 ** 45;
  const id = newEventId(timeMs);
  t.is(
    [...id.slice(0, 10)].reduce((sum, c) => sum * 32 + alphabet.indexOf(c), 0),
    timeMs,
  );
});

test("newEventId – sorts in the order of the calls – a clock that goes anywhere", (t) => {
  const property = fc.property(fc.array(fc.nat({ max: 2 ** 31 }), { minLength: 2 }), (times) => {
    const ids = times.map((timeMs) => newEventId(timeMs));
    t.deepEqual(ids, [...ids].sort());
    t.is(new Set(ids).size, ids.length);
  });
  fc.assert(property);
});
