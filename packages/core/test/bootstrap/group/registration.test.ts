import test from "ava";
import fc from "fast-check";
import { encodeRegistration, parseRegistration } from "../../../src/bootstrap/group/registration.ts";

const text = fc.string({ unit: "grapheme" }).filter((value) => !/[\n\0]/.test(value));
const group = fc.record({
  build: text,
  namespace: text,
  grpcAddress: text,
  ttrpcAddress: text,
  debug: fc.boolean(),
  schedCore: fc.boolean(),
  environment: text,
  socketDir: text,
  shimCgroup: text,
  member: text,
});
const natural = fc.integer({ min: 1 });
const registration = fc.record({
  pid: natural,
  startTime: natural,
  bornFd: natural,
  group,
  socket: text,
  answer: text,
});

test("registration – comes back as it was – any values without line feed and NUL", (t) => {
  fc.assert(fc.property(registration, (given) => t.deepEqual(parseRegistration(encodeRegistration(given)), given)));
});

test("registration – undefined, never an error – any text, and the beginning of a registration", (t) => {
  fc.assert(
    fc.property(registration, fc.nat(), (given, at) => {
      const whole = encodeRegistration(given);
      return parseRegistration(whole.slice(0, at % whole.length)) === undefined;
    }),
  );
  fc.assert(fc.property(fc.string(), (garbage) => parseRegistration(garbage) === undefined));
  t.pass();
});

test("registration – InvalidArgument – line feed in a value", (t) => {
  const flags = { debug: false, schedCore: false, environment: "", socketDir: "", shimCgroup: "", member: "" };
  const bad = { build: "b", namespace: "n", grpcAddress: "/a\nb", ttrpcAddress: "", ...flags };
  t.throws(() => encodeRegistration({ pid: 1, startTime: 1, bornFd: 3, group: bad, socket: "/s", answer: "" }), {
    message: /line feed/,
  });
});
