import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { ServerCall } from "../../src/server/server-call.ts";
import { none } from "../_support/request.ts";

const request = { service: "svc", method: "M", payload: none, timeoutNano: 1_000_000n, metadata: new Map() };

test("ServerCall – its deadline fires – unless it is finished", async (t) => {
  const open = new ServerCall({ connectionId: 1, streamId: 1 }, request);
  const finished = new ServerCall({ connectionId: 1, streamId: 3 }, request);
  finished.finish();
  if (!open.signal.aborted) await new Promise((resolve) => open.signal.addEventListener("abort", resolve));
  await sleep(10);
  t.is(open.signal.reason.name, "TimeoutError");
  t.false(finished.signal.aborted);
});

test("ServerCall – the first reason stays – cancelled after the deadline", (t) => {
  const call = new ServerCall({ connectionId: 1, streamId: 1 }, { ...request, timeoutNano: -1n });
  call.cancel();
  t.is(call.signal.reason.name, "TimeoutError");
});
