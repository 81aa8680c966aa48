/** Hooks at a container's end run at least once, and repetitions are marked, while daemon and containerd are killed. */
import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { findFaults, killAtRandom, owedStages, readHookLines, recorderConfig } from "./_support/hook-kills.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference } from "./_support/runtime-under-test.ts";

checkLeaks(test);

const withHooks = isReference ? test.serial.skip : test.serial;

withHooks(
  "20 random kills – of the daemon and of containerd – no pending hook is omitted or repeated unmarked",
  async (t) => {
    const seed = Number(process.env["DUNNAGE_TEST_SEED"] ?? Date.now() % 1_000_000);
    t.log(`DUNNAGE_TEST_SEED=${seed}`);
    await using containerd = await Containerd.start({ config: recorderConfig });
    const kills = await killAtRandom(containerd, 20, seed);
    const lines = readHookLines(containerd.dir);
    const created = lines.filter(({ stage }) => stage === "created").length;
    t.log(`${JSON.stringify(kills)}, ${created} containers, ${lines.filter(({ replay }) => replay).length} replays`);
    t.true(created > 0);
    t.true(
      lines.some(({ replay }) => replay),
      "nothing was killed at its work",
    );
    t.deepEqual(findFaults(lines), []);
  },
);

test("findFaults – a stage omitted, or repeated with another id or without its mark – is reported", (t) => {
  const line = { id: "c", eventId: "1", replay: false };
  const whole = [{ ...line, stage: "created" as const }, ...owedStages.map((stage) => ({ ...line, stage }))];
  t.deepEqual(findFaults(whole), []);
  t.deepEqual(findFaults([...whole, { ...line, stage: "exit", replay: true }]), []);
  t.deepEqual(findFaults(whole.slice(0, -1)), ["c: postDelete was omitted"]);
  t.deepEqual(findFaults([...whole, { ...line, stage: "exit" }]), ["c: exit ran 2 times: 1, 1"]);
  t.deepEqual(findFaults([...whole, { ...line, stage: "exit", eventId: "2", replay: true }]), [
    "c: exit ran 2 times: 1, 2 replay",
  ]);
});
