import type { ChildProcess } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { connectShim } from "./_support/task-client.ts";
import { until } from "./_support/until.ts";

checkLeaks(test);

let containerd: Containerd;
test.before(async () => {
  containerd = await Containerd.start();
});
test.after.always(() => containerd[Symbol.asyncDispose]());

interface Output {
  readonly chunks: Buffer[];
  readonly closed: Promise<number | null>;
}

function collect(child: ChildProcess): Output {
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
  const closed = Promise.withResolvers<number | null>();
  child.once("close", closed.resolve);
  return { chunks, closed: closed.promise };
}

const text = ({ chunks }: Output) => Buffer.concat(chunks).toString();

test("ctr run – stdin – what is typed arrives at once, the end of input ends the container", async (t) => {
  const child = containerd.spawnCtr(...containerd.runArgs("typed", ["/bin/cat"], { flags: ["--rm"] }));
  const output = collect(child);
  child.stdin?.write("first\n");
  await until(() => text(output) === "first\n", "the first line comes back");
  child.stdin?.write("second\n");
  await until(() => text(output) === "first\nsecond\n", "the second line comes back");
  child.stdin?.end();
  t.is(await output.closed, 0);
});

test("ctr run – stdin – 4 MiB go through the container unchanged", async (t) => {
  const input = randomBytes(4 << 20);
  const child = containerd.spawnCtr(...containerd.runArgs("through", ["/bin/cat"], { flags: ["--rm"] }));
  const output = collect(child);
  child.stdin?.write(input);
  await until(
    () => output.chunks.reduce((sum, { length }) => sum + length, 0) >= input.length,
    "everything comes back",
  );
  child.stdin?.end();
  t.is(await output.closed, 0);
  const hash = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
  t.is(hash(Buffer.concat(output.chunks)), hash(input));
});

test("ctr task exec – stdin – arrives, its end ends the process", async (t) => {
  await containerd.runDetached("with-exec", ["/bin/sleep", "1000"]);
  const args = ["task", "exec", "--fifo-dir", containerd.fifoDir, "--exec-id", "cat", "with-exec", "/bin/cat"];
  const child = containerd.spawnCtr(...args);
  const output = collect(child);
  child.stdin?.write("hello\n");
  await until(() => text(output) === "hello\n", "the line comes back");
  child.stdin?.end();
  t.is(await output.closed, 0);
  await containerd.remove("with-exec");
});

test("Task API – CloseIO – only then a container whose client is gone reads the end of its input", async (t) => {
  const child = containerd.spawnCtr(...containerd.runArgs("client-gone", ["/bin/cat"]));
  const output = collect(child);
  child.stdin?.write("line\n");
  await until(() => text(output) === "line\n", "the line comes back");
  child.kill("SIGKILL");
  await output.closed;
  using client = await connectShim(containerd, "client-gone");
  // The output may arrive before Start has returned.
  await until(async () => (await client.state({ id: "client-gone" })).status === 2, "it is known to run");
  await client.closeIo({ id: "client-gone", stdin: true });
  t.is((await client.wait({ id: "client-gone" })).exit_status, 0);
  await containerd.remove("client-gone");
});
