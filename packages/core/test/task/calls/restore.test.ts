import test from "ava";
import { wire } from "../../../src/proto/gen/wire.js";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { never } from "../../_support/hooks.ts";
import { openTasks } from "../../_support/task-fixture.ts";

test("create – a checkpoint on a file system that hangs – other containers are created meanwhile", async (t) => {
  using fs = new HangingFs();
  using f = openTasks();
  Object.assign(f.runtime, { restore: () => Promise.reject(new Error("not expected")) });
  const checkpoint = fs.join("lookup");
  const create = f.tasks.create(wire.CreateTaskRequest.create({ id: "a", bundle: f.bundle("a"), checkpoint }), never);
  const failed = t.throwsAsync(create, { message: `checkpoint ${checkpoint} is not a directory` });
  t.true((await f.create("b")) > 0);
  fs.recover();
  await failed;
});
