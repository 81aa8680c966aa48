import { spawn } from "node:child_process";
import test from "ava";
import { Client, Code, StatusError } from "../src/index.ts";
import { isRunning, openContainerd, startGoShim, whyNoContainerd } from "./_support/containerd.ts";
import { decodeFirstVarint, encodeField } from "./_support/protobuf.ts";
import { until } from "./_support/until.ts";

const missing = whyNoContainerd();
const integration = missing === undefined ? test : test.skip;
const suffix = missing === undefined ? "" : ` (skipped: ${missing})`;

const task = "containerd.task.v2.Task";
const metadata = { "containerd-namespace-ttrpc": "t" };

integration(
  `client – drives containerd-shim-runc-v2 – connect, unknown task, 64 calls at once, shutdown${suffix}`,
  async (t) => {
    await using containerd = await openContainerd();
    using shim = await startGoShim(containerd, "y");
    const { address } = shim;
    t.regex(address, /^unix:\/\//);
    using client = await Client.connect(address, { timeoutMs: 5000 });

    const id = encodeField(1, "y");
    const pid = decodeFirstVarint(
      await client.call({ service: task, method: "Connect" }, id, { metadata, timeoutMs: 30_000 }),
    );
    t.teardown(() => isRunning(pid) && process.kill(pid, "SIGKILL")); // if the test failed before Shutdown
    t.true(isRunning(pid));

    const unknown = await t.throwsAsync(client.call({ service: task, method: "State" }, id, { metadata }), {
      instanceOf: StatusError,
    });
    t.is(unknown.code, Code.NotFound);
    await t.throwsAsync(client.call({ service: task, method: "Nope" }, id), { code: Code.Unimplemented });
    await t.throwsAsync(client.call({ service: "no.Service", method: "Nope" }, id), { code: Code.Unimplemented });
    await t.throwsAsync(client.call({ service: task, method: "Connect" }, Buffer.from("ffff", "hex")), {
      code: Code.Internal,
    });
    await t.throwsAsync(client.call({ service: task, method: "Connect" }, Buffer.alloc(4 << 20)), {
      code: Code.ResourceExhausted,
    });
    const answers = await Promise.all(
      Array.from({ length: 64 }, () => client.call({ service: task, method: "Connect" }, id, { metadata })),
    );
    t.true(answers.every((answer) => decodeFirstVarint(answer) === pid));

    // The shim may exit before its response is sent.
    await client
      .call({ service: task, method: "Shutdown" }, id, { metadata })
      .catch((error) => t.is(error.message, "ttrpc: closed"));
    await client.closed;
    await until(() => !isRunning(pid), "the shim is gone");
    await t.throwsAsync(client.call({ service: task, method: "Connect" }, id), { message: "ttrpc: closed" });
  },
);

integration(
  `client – publishes to containerd's event service – subscribers see it; a bad envelope is refused${suffix}`,
  async (t) => {
    await using containerd = await openContainerd();
    using client = await Client.connect(containerd.ttrpcAddress);
    const forward = (envelope: Buffer) =>
      client.call(
        { service: "containerd.services.events.ttrpc.v1.Events", method: "Forward" },
        encodeField(1, envelope),
        {
          metadata,
          timeoutMs: 30_000,
        },
      );
    const subscriber = spawn("/usr/bin/ctr", ["-a", containerd.address, "events"], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    let seen = "";
    subscriber.stdout.on("data", (chunk: Buffer) => {
      seen += chunk;
    });
    try {
      // `ctr events` does not report when it has subscribed, so publish until it sees the event.
      await until(async () => {
        t.is((await forward(encodeEnvelope("t", "/tasks/paused"))).length, 0);
        return seen.includes("t /tasks/paused");
      }, "the event arrives");
      t.regex(seen, /"container_id":"from-node"/);
    } finally {
      subscriber.kill();
    }
    for (const envelope of [encodeEnvelope("t", "no-slash"), encodeEnvelope("not/a/namespace", "/tasks/paused")]) {
      await t.throwsAsync(forward(envelope), { instanceOf: StatusError, code: Code.InvalidArgument });
    }
    t.is((await forward(encodeEnvelope("t", "/tasks/paused"))).length, 0); // the connection still works
  },
);

/** Encodes a containerd.types.Envelope with a TaskPaused event. */
function encodeEnvelope(namespace: string, topic: string): Buffer {
  const event = Buffer.concat([
    encodeField(1, "containerd.events.TaskPaused"),
    encodeField(2, encodeField(1, "from-node")),
  ]);
  const timestamp = encodeField(1, 1_700_000_000);
  return Buffer.concat([
    encodeField(1, timestamp),
    encodeField(2, namespace),
    encodeField(3, topic),
    encodeField(4, event),
  ]);
}
