import test from "ava";
import { ClosedError, Code, StatusError } from "../src/index.ts";

test("StatusError.from – keeps a StatusError – also of another copy of the package", async (t) => {
  const copy = (await import(String(new URL("../src/status-error.ts?copy", import.meta.url)))) as {
    StatusError: typeof StatusError;
  };
  t.not(copy.StatusError, StatusError);
  const error = new copy.StatusError(Code.NotFound, "task x: not found");
  t.true(StatusError.is(error));
  t.is(StatusError.from(error), error);
});

for (const [name, reason, code, message] of [
  ["an Error", new Error("boom"), Code.Unknown, "boom"],
  ["a string", "boom", Code.Unknown, "boom"],
  ["undefined", undefined, Code.Unknown, "undefined"],
  ["an object without a prototype", Object.create(null), Code.Unknown, "unknown error"],
  ["an AbortError", AbortSignal.abort().reason, Code.Canceled, "context canceled"],
  ["a TimeoutError", new DOMException("x", "TimeoutError"), Code.DeadlineExceeded, "context deadline exceeded"],
  [
    "an AbortError caused by a TimeoutError, as Node throws it",
    Object.assign(new Error("aborted", { cause: new DOMException("x", "TimeoutError") }), { name: "AbortError" }),
    Code.DeadlineExceeded,
    "context deadline exceeded",
  ],
  [
    "an AbortError caused by a status",
    Object.assign(new Error("aborted", { cause: new StatusError(Code.Aborted, "why") }), { name: "AbortError" }),
    Code.Aborted,
    "why",
  ],
] as const) {
  test(`StatusError.from – code and text – ${name}`, (t) => {
    const status = StatusError.from(reason);
    t.is(status.code, code);
    t.is(status.message, message);
  });
}

test("StatusError.from – keeps the cause and takes the given code – a plain Error", (t) => {
  const cause = new Error("boom");
  const status = StatusError.from(cause, Code.Internal);
  t.is(status.code, Code.Internal);
  t.is(status.cause, cause);
  t.is(status.name, "StatusError");
});

test("StatusError.is – says no – what has a code but no brand", (t) => {
  for (const x of [undefined, null, 5, "x", new Error("x"), { code: 5, message: "x" }]) t.false(StatusError.is(x));
});

test("ClosedError – is Unavailable with exactly the text that containerd compares", (t) => {
  const error = new ClosedError();
  t.true(StatusError.is(error));
  t.is(error.code, Code.Unavailable);
  t.is(error.message, "ttrpc: closed");
});
