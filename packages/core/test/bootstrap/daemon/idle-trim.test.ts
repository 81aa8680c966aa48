import test from "ava";
import { IdleTrim } from "../../../src/bootstrap/daemon/idle-trim.ts";
import { openKoffiLibc } from "../../../src/native/open-libc.ts";
import { until } from "../../_support/until.ts";

test("IdleTrim – collects once after the last call, passes calls through", async (t) => {
  let collected = 0;
  using trim = new IdleTrim(openKoffiLibc(), () => collected++);
  const call = {
    service: "s",
    method: "m",
    metadata: new Map(),
    signal: new AbortController().signal,
    connectionId: 1,
    attempt: 0,
  };
  const answer = await trim.interceptor(Buffer.from("in"), call, (payload) =>
    Buffer.concat([payload, Buffer.from("out")]),
  );
  t.is(String(answer), "inout");
  t.is(collected, 0);
  await until(() => collected > 0);
  t.is(collected, 1);
});

test("IdleTrim – has V8's own collector, and trims the C heap after it", async (t) => {
  let trimmed = 0;
  const libc = Object.assign(Object.create(openKoffiLibc()), { trimHeap: () => trimmed++ });
  const garbage = new WeakRef({});
  using _trim = new IdleTrim(libc);
  await until(() => trimmed === 1);
  t.is(garbage.deref(), undefined);
});
