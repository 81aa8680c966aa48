import { mkdirSync, utimesSync } from "node:fs";
import test from "ava";
import { Claims } from "../../../src/bootstrap/group/claims.ts";
import { PendingClaims } from "../../../src/bootstrap/group/pending-claims.ts";
import { TempDir } from "../../_support/temp-dir.ts";

function open(dir: TempDir) {
  mkdirSync(dir.join("claims"));
  const clock = { nowMs: 0 };
  const claims = new Claims(dir.path);
  return { clock, claims, pending: new PendingClaims(claims, () => clock.nowMs) };
}

test("pending claims – count until the container comes – one of two has come", (t) => {
  using dir = new TempDir();
  const { claims, pending } = open(dir);
  claims.add("c1", "runc");
  claims.add("c2", "runc");
  t.is(
    pending.count(() => false),
    2,
  );
  t.is(
    pending.count((id) => id === "c1"),
    1,
  );
});

test("pending claims – count for a minute and not for the daemon's life – the start has failed", (t) => {
  using dir = new TempDir();
  const { clock, claims, pending } = open(dir);
  const count = (): number => pending.count(() => false);
  claims.add("c1", "runc");
  t.is(count(), 1);
  clock.nowMs = 59_999;
  t.is(count(), 1);
  clock.nowMs = 60_000;
  t.is(count(), 0);
  t.true(claims.has("c1"));
  clock.nowMs = 3_600_000;
  t.is(count(), 0);
  t.deepEqual(claims.ids(), []);
});

test("pending claims – a claim that is left again counts anew – the same id", (t) => {
  using dir = new TempDir();
  const { clock, claims, pending } = open(dir);
  claims.add("c1", "runc");
  pending.count(() => false);
  clock.nowMs = 60_000;
  claims.remove("c1");
  claims.add("c1", "runc");
  t.is(
    pending.count(() => false),
    1,
  );
});

for (const aheadMs of [-3_600_000, 3_600_000]) {
  test(`pending claims – the clock of the machine does not count – set by ${aheadMs} ms`, (t) => {
    using dir = new TempDir();
    const { clock, claims, pending } = open(dir);
    claims.add("c1", "runc");
    const then = new Date(Date.now() + aheadMs);
    utimesSync(claims.path("c1"), then, then);
    t.is(
      pending.count(() => false),
      1,
    );
    clock.nowMs = 60_000;
    t.is(
      pending.count(() => false),
      0,
    );
  });
}
