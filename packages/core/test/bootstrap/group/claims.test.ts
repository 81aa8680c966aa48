import { mkdirSync, rmSync, utimesSync } from "node:fs";
import test from "ava";
import { Claims } from "../../../src/bootstrap/group/claims.ts";
import { TempDir } from "../../_support/temp-dir.ts";

function openClaims(dir: TempDir): Claims {
  mkdirSync(dir.join("claims"));
  return new Claims(dir.path);
}

test("claims – hold the runtime until removed – add, remove", (t) => {
  using dir = new TempDir();
  const claims = openClaims(dir);
  claims.add("c1", "crun");
  t.deepEqual([claims.has("c1"), claims.runtimeOf("c1"), claims.ids()], [true, "crun", ["c1"]]);
  claims.remove("c1");
  claims.remove("c1");
  t.deepEqual([claims.has("c1"), claims.runtimeOf("c1"), claims.ids()], [false, undefined, []]);
});

for (const [what, ageMs, isFresh] of [
  ["just left", 0, true],
  ["half a minute old", 30_000, true],
  ["two minutes old", 120_000, false],
  ["from the future, clock set back", -3_600_000, false],
] as const) {
  test(`claims – fresh: ${isFresh} – ${what}`, (t) => {
    using dir = new TempDir();
    const claims = openClaims(dir);
    claims.add("c1", "runc");
    const then = new Date(Date.now() - ageMs);
    utimesSync(claims.path("c1"), then, then);
    t.is(claims.hasFresh(), isFresh);
  });
}

test("claims – ENOENT to whoever comes late, nothing to the rest – daemon's directory gone", (t) => {
  using dir = new TempDir();
  const claims = openClaims(dir);
  rmSync(dir.join("claims"), { recursive: true });
  t.throws(() => claims.add("c1", "runc"), { code: "ENOENT" });
  t.deepEqual([claims.ids(), claims.hasFresh(), claims.runtimeOf("c1")], [[], false, undefined]);
});
