import { setImmediate as turn } from "node:timers/promises";
import test from "ava";
import { SignalRelay } from "../../src/run/signal-relay.ts";

const sigterm = 15;
const sigusr1 = 10;

/** Sends signals to this process; they arrive through the event loop. */
async function receive(signals: readonly NodeJS.Signals[]): Promise<void> {
  for (const signal of signals) process.kill(process.pid, signal);
  for (let turns = 0; turns < 20; turns++) await turn();
}

test.serial("SignalRelay – a container is not started, and says because of what – ended before", async (t) => {
  using signals = new SignalRelay();
  await receive(["SIGUSR1", "SIGTERM"]);
  t.true(signals.signal.aborted);
  const started = signals.start(
    () => Promise.reject(new Error("started")),
    () => t.fail(),
  );
  t.is(await started.catch((reason: unknown) => reason), sigterm);
  t.deepEqual([signals.interruption, signals.isRunning], [sigterm, false]);
});

test.serial("SignalRelay – the container gets it – signal while it starts, and after", async (t) => {
  using signals = new SignalRelay();
  const sent: number[] = [];
  await signals.start(
    () => receive(["SIGTERM"]),
    (signal) => sent.push(signal),
  );
  t.deepEqual(sent, [sigterm]);
  await receive(["SIGUSR1"]);
  t.deepEqual(sent, [sigterm, sigusr1]);
  t.deepEqual([signals.interruption, signals.isRunning], [undefined, true]);
});

test.serial("SignalRelay – lets go of the process's signals", (t) => {
  const before = process.listenerCount("SIGTERM");
  const signals = new SignalRelay();
  t.is(process.listenerCount("SIGTERM"), before + 1);
  signals[Symbol.dispose]();
  t.is(process.listenerCount("SIGTERM"), before);
});
