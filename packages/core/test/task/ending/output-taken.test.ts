import test from "ava";
import type { ProcessIo } from "../../../src/io/process-io.ts";
import { whenOutputIsTaken } from "../../../src/task/ending/output-taken.ts";

/** Streams of which `unread` says how many bytes are left each time it is asked; `ended` is whether they were told of the exit. */
function streams(unread: () => number): { io: ProcessIo; readonly ended: boolean } {
  let ended = false;
  const io = {
    unread,
    processExited: () => {
      ended = true;
    },
  } as unknown as ProcessIo;
  return {
    io,
    get ended() {
      return ended;
    },
  };
}

const reported = (io: ProcessIo | undefined): Promise<void> => new Promise((resolve) => whenOutputIsTaken(io, resolve));

test("exit – no streams, nothing left, or nothing known of it – is told in the same turn", (t) => {
  for (const io of [undefined, streams(() => 0).io, { ...streams(() => 1).io, unread: undefined }]) {
    let isTold = false;
    whenOutputIsTaken(io as ProcessIo | undefined, () => {
      isTold = true;
    });
    t.true(isTold);
  }
});

test("exit – a slow reader – is told when the last byte is read, the streams hear of it at once", async (t) => {
  let left = 40;
  const scene = streams(() => left--);
  const told = reported(scene.io);
  t.true(scene.ended);
  await told;
  t.is(left, -1);
});

test("exit – a reader that is away, or has never been there – is told after a bound", async (t) => {
  await reported(streams(() => 7).io);
  let left = 20;
  await reported(streams(() => Math.max(10, left--)).io);
  t.pass();
});
