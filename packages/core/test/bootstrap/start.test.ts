import { join } from "node:path";
import test from "ava";
import { Distribution } from "../_support/distribution.ts";
import { FakeContainerd, pidBehind, readText } from "../_support/fake-containerd.ts";

test("start – becomes a daemon and answers its address – cold", async (t) => {
  using distribution = new Distribution();
  await using containerd = await FakeContainerd.start(distribution);
  const outcome = await containerd.start({ dialect: "1.6" });
  t.is(outcome.stderr, "");
  t.is(outcome.status, 0);
  t.regex(outcome.stdout.toString(), /^unix:\/\/\S+$/);
  t.deepEqual([await pidBehind(outcome.address)], containerd.pids());
  t.is(readText(join(containerd.bundle("c1"), "address")), outcome.address);
});
