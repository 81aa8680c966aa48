import { once } from "node:events";
import test from "ava";
import { CommandLimit } from "../../../src/task/container/command-limit.ts";

const never = new AbortController().signal;
const limitMs = 20;

async function aborted(signal: AbortSignal): Promise<string> {
  using _keepAlive = keepAlive();
  if (!signal.aborted) await once(signal, "abort");
  return (signal.reason as Error).message;
}

/** Keeps the process alive, since the limit's own timers do not. */
function keepAlive(): Disposable {
  const timer = setInterval(() => {}, 60_000);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

const text = "container c has ended, but a command of its runtime has not";

test("command – began while init lived – is ended when its time after the end of init has passed", async (t) => {
  using limit = new CommandLimit("c", limitMs);
  const command = limit.with(never);
  limit.begin();
  t.false(command.aborted);
  t.is(await aborted(command), text);
});

test("command – begins when that time has passed – has a time of its own", async (t) => {
  using limit = new CommandLimit("c", limitMs);
  const early = limit.with(never);
  limit.begin();
  await aborted(early);
  for (const command of [limit.with(never), limit.with(never)]) {
    t.false(command.aborted);
    t.is(await aborted(command), text);
  }
});

test("command – the client cancels – ends with the client's reason, before and after the end of init", (t) => {
  using limit = new CommandLimit("c", limitMs);
  for (const end of [() => {}, () => limit.begin()]) {
    end();
    const client = new AbortController();
    const command = limit.with(client.signal);
    client.abort(new Error("the client is gone"));
    t.is((command.reason as Error).message, "the client is gone");
  }
});
