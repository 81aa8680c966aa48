import test from "ava";
import type { Leg } from "../../../scripts/suite/legs.ts";
import { merge, toSecondAttempt } from "../../../scripts/suite/second-attempt.ts";

const leg: Leg = {
  name: "containerd 1.6",
  dir: ".",
  files: ["test/cri.test.ts", "test/cri-runsc.test.ts", "test/examples/runtime-bwrap.test.ts"],
  env: {},
  isInVm: false,
};

test("toSecondAttempt – failures – their files alone", (t) => {
  const failed = ["containerd 1.6 › cri › a pod", "containerd 1.6 › examples › runtime-bwrap › bwrap"];
  const again = toSecondAttempt(leg, { passed: [], failed, skipped: [] });
  t.deepEqual(again?.files, ["test/cri.test.ts", "test/examples/runtime-bwrap.test.ts"]);
  t.is(toSecondAttempt(leg, { passed: ["x"], failed: [], skipped: [] }), undefined);
  t.is(toSecondAttempt(leg, { passed: [], failed: ["ava ended with 1"], skipped: [] }), undefined);
});

test("merge – what passes at the second attempt – has passed, and is named; what fails twice has failed", (t) => {
  const first = { passed: ["events › x", "cri › b"], failed: ["cri › a"], skipped: [] };
  const files = ["test/cri.test.ts"];
  t.deepEqual(merge(leg, first, { files, passed: ["cri › a", "cri › b"], failed: [], skipped: [] }), {
    passed: ["events › x", "cri › a", "cri › b"],
    failed: [],
    skipped: [],
    unsteady: ["cri › a"],
  });
  t.deepEqual(merge(leg, first, { files, passed: ["cri › b"], failed: ["cri › a"], skipped: [] }), {
    passed: ["events › x", "cri › b"],
    failed: ["cri › a"],
    skipped: [],
    unsteady: [],
  });
});
