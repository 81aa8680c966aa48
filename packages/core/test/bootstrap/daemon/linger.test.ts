import { setTimeout as sleep } from "node:timers/promises";
import test from "ava";
import { Linger } from "../../../src/bootstrap/daemon/linger.ts";
import { until } from "../../_support/until.ts";

/** A daemon that consists only of facts. It records what Linger does with it. */
class FakeDaemon {
  lingerMs = 1;
  containers = 0;
  claim = false;
  gone = false;
  registered = true;
  readonly did: string[] = [];

  isEmpty = () => this.containers === 0;
  hasFreshClaim = () => {
    this.did.push("look");
    return this.claim;
  };
  isContainerdGone = async () => this.gone;
  withdraw = () => {
    this.registered = false;
    this.did.push("withdraw");
  };
  register = () => {
    this.registered = true;
    this.did.push("register");
  };
  end = () => {
    this.did.push("end");
  };
}

test("linger – withdraws, then looks for claims, then ends – empty for long enough", async (t) => {
  const daemon = new FakeDaemon();
  const linger = new Linger(daemon);
  linger.update();
  await until(() => linger.hasEnded);
  t.deepEqual(daemon.did, ["withdraw", "look", "withdraw", "end"]);
});

test("linger – registers again and tries later – claim found after withdrawal", async (t) => {
  const daemon = new FakeDaemon();
  daemon.claim = true;
  const linger = new Linger(daemon);
  linger.update();
  await until(() => daemon.did.length >= 6);
  t.deepEqual(daemon.did.slice(0, 6), ["withdraw", "look", "register", "withdraw", "look", "register"]);
  t.true(daemon.registered);
  daemon.claim = false;
  await until(() => linger.hasEnded);
  t.is(daemon.did.at(-1), "end");
});

test("linger – does nothing – a container, or no end of the linger", async (t) => {
  const busy = Object.assign(new FakeDaemon(), { containers: 1 });
  const patient = Object.assign(new FakeDaemon(), { lingerMs: Number.POSITIVE_INFINITY });
  for (const daemon of [busy, patient]) new Linger(daemon).update();
  await sleep(20);
  t.deepEqual([busy.did, patient.did], [[], []]);
});

test("linger – a container that came meanwhile stops it – update", async (t) => {
  const daemon = Object.assign(new FakeDaemon(), { lingerMs: 10 });
  const linger = new Linger(daemon);
  linger.update();
  daemon.containers = 1;
  linger.update();
  await sleep(30);
  t.deepEqual(daemon.did, []);
});

test("linger – ends at once, but not on a promised container – containerd gone", async (t) => {
  const daemon = Object.assign(new FakeDaemon(), { lingerMs: 3_600_000, gone: true, claim: true });
  const linger = new Linger(daemon);
  await linger.check();
  t.false(linger.hasEnded);
  daemon.claim = false;
  await linger.check();
  t.true(linger.hasEnded);
});

test("linger – ends once – endNow after the end", (t) => {
  const daemon = new FakeDaemon();
  const linger = new Linger(daemon);
  linger.endNow();
  linger.endNow();
  t.deepEqual(daemon.did, ["withdraw", "end"]);
});

/**
 * The critical race, in every interleaving. The launcher leaves its claim and then looks for the registration; the
 * daemon withdraws its registration and then looks for claims. If a launcher answers, its daemon must stay alive.
 */
test("linger – no launcher answers from a daemon that ends – any interleaving", async (t) => {
  for (let claimAt = 0; claimAt < 8; claimAt += 1) {
    for (let checkAt = claimAt; checkAt < 8; checkAt += 1) {
      const daemon = Object.assign(new FakeDaemon(), { gone: true, lingerMs: Number.POSITIVE_INFINITY });
      let answered = false;
      let step = 0;
      const turn = () => {
        if (step === claimAt) daemon.claim = true;
        if (step === checkAt) answered = daemon.registered;
        step += 1;
      };
      const around =
        <T>(act: () => T) =>
        () => {
          turn();
          const result = act();
          turn();
          return result;
        };
      const { withdraw, hasFreshClaim } = daemon;
      Object.assign(daemon, { withdraw: around(withdraw), hasFreshClaim: around(hasFreshClaim) });
      const linger = new Linger(daemon);
      await linger.check();
      while (step < 8) turn();
      t.false(answered && linger.hasEnded, `claim at ${claimAt}, check at ${checkAt}`);
    }
  }
});
