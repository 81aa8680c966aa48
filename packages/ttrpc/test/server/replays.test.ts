import { createServer } from "node:net";
import { join } from "node:path";
import test from "ava";
import { type Call, Client, type Replays, Server } from "../../src/index.ts";
import { none } from "../_support/request.ts";
import { openTempDir } from "../_support/temp-dir.ts";

/** Runs `use` with a client of a server that was given `replays` with its connection. Returns the calls it served. */
async function serve(replays: Replays, use: (client: Client) => Promise<unknown>): Promise<readonly Call[]> {
  using directory = openTempDir();
  const path = join(directory.path, "s");
  const calls: Call[] = [];
  const Note = (payload: Uint8Array, call: Call) => {
    calls.push(call);
    return payload;
  };
  await using server = new Server({ services: { svc: { Note } } });
  const proxy = createServer((socket) => server.accept(socket, replays));
  await new Promise<void>((resolve) => proxy.listen(path, resolve));
  using client = await Client.connect(path);
  await use(client);
  proxy.close();
  return calls;
}

test("replays – the call of a listed stream id knows its attempt, others are first attempts", async (t) => {
  const replays = new Map([[3, { attempt: 2, ageMs: 0 }]]);
  const calls = await serve(replays, async (client) => {
    for (let count = 0; count < 3; count++) await client.call({ service: "svc", method: "Note" }, none);
  });
  t.deepEqual(
    calls.map(({ attempt }) => attempt),
    [0, 2, 0],
  );
});

test("replays – the age of a request counts against its deadline", async (t) => {
  const replays = new Map([
    [1, { attempt: 1, ageMs: 30_000 }],
    [3, { attempt: 1, ageMs: 90_000 }],
    [5, { attempt: 1, ageMs: 90_000 }],
  ]);
  const [inTime, late, unlimited] = await serve(replays, async (client) => {
    await client.call({ service: "svc", method: "Note" }, none, { timeoutMs: 60_000 });
    await client.call({ service: "svc", method: "Note" }, none, { timeoutMs: 60_000 });
    await client.call({ service: "svc", method: "Note" }, none);
  });
  t.false(inTime?.signal.aborted);
  t.is(late?.signal.reason.name, "TimeoutError");
  t.false(unlimited?.signal.aborted);
});
