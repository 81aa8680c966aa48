import test from "ava";
import { Containerd } from "./_support/containerd.ts";
import { inParallel } from "./_support/in-parallel.ts";
import { checkLeaks } from "./_support/leak-check.ts";
import { isReference, referenceRuntime } from "./_support/runtime-under-test.ts";
import { answerOf, cells } from "./_support/task-table.ts";

checkLeaks(test);

/** Where the runtime under test answers otherwise than containerd's own shim, and why. */
const differences: Readonly<Record<string, { readonly answer: string; readonly reason: string }>> = {};

test("Task API – every call in every situation – answers as containerd's own shim", async (t) => {
  await using reference = await Containerd.start({ runtime: referenceRuntime });
  await using subject = await Containerd.start();
  const table = await inParallel(cells, 3, async (cell) => {
    const name = `${cell.situation} × ${cell.call}`;
    const [expected, actual] = await Promise.all([answerOf(reference, cell), answerOf(subject, cell)]);
    return { name, expected, actual };
  });
  for (const { name, expected, actual } of table) {
    const difference = isReference ? undefined : differences[name];
    t.is(actual, difference?.answer ?? expected, name);
    if (difference !== undefined) t.not(actual, expected, `${name}: no longer a difference`);
  }
});
