import { mkdirSync, rmSync } from "node:fs";
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

test("claims – ENOENT to a process that comes late, nothing to the rest – daemon's directory gone", (t) => {
  using dir = new TempDir();
  const claims = openClaims(dir);
  rmSync(dir.join("claims"), { recursive: true });
  t.throws(() => claims.add("c1", "runc"), { code: "ENOENT" });
  t.deepEqual([claims.ids(), claims.has("c1"), claims.runtimeOf("c1")], [[], false, undefined]);
});
