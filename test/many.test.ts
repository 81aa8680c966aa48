import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { connectShim } from "./_support/task-client.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

test.serial("200 containers, 8 at a time – every one gives its own output and exit code", async (t) => {
  const numbers = Array.from({ length: 200 }, (_, index) => index);
  const results = await inParallel(numbers, 8, (number) =>
    containerd.run(`many-${number}`, ["/bin/sh", "-c", `echo ${number}; exit ${number}`], { flags: ["--rm"] }),
  );
  for (const [number, result] of results.entries()) {
    t.like(result, { status: number, stdout: `${number}\n` }, `${number}: ${result.stderr}`);
  }
});

test.serial("Wait – ten clients at once – all get the same answer, also those that come late", async (t) => {
  await containerd.runDetached("waiters", ["/bin/sleep", "1000"]);
  const connect = () => connectShim(containerd, "waiters");
  const clients = await Promise.all(Array.from({ length: 10 }, connect));
  const waits = clients.map((client) => client.wait({ id: "waiters" }));
  using killer = await connect();
  await killer.kill({ id: "waiters", signal: 9 });
  const answers = await Promise.all(waits);
  answers.push(await killer.wait({ id: "waiters" }));
  for (const answer of answers) {
    t.is(answer.exit_status, 137);
    t.deepEqual(answer.exited_at, answers[0]?.exited_at);
  }
  for (const client of clients) client[Symbol.dispose]();
  await containerd.remove("waiters");
});

test.serial("Wait – clients that went away – do not disturb the others", async (t) => {
  await containerd.runDetached("gone", ["/bin/sleep", "1000"]);
  for (let round = 0; round < 20; round++) {
    using client = await connectShim(containerd, "gone");
    client.wait({ id: "gone" }).catch(() => undefined);
    await client.connect({ id: "gone" });
  }
  using client = await connectShim(containerd, "gone");
  const wait = client.wait({ id: "gone" });
  await client.kill({ id: "gone", signal: 9 });
  t.is((await wait).exit_status, 137);
  await containerd.remove("gone");
});
