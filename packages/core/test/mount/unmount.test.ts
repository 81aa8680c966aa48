import type { StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { unmountAll, unmountUnlisted } from "../../src/mount/unmount.ts";
import { RecordingLog } from "../_support/recording-log.ts";

/** A mount table in which the given paths are busy for a number of attempts, or refuse forever. */
function fakeTable(paths: readonly string[], behaviour: Readonly<Record<string, number | "refuses">> = {}) {
  let mounted = paths.map((mountPoint, mountId) => ({ mountPoint, mountId, device: "0:1", type: "tmpfs" }));
  const left = new Map(Object.entries(behaviour));
  const rounds: string[][] = [];
  const log = new RecordingLog();
  const umount = async (mountPoints: readonly string[]): Promise<string> => {
    rounds.push([...mountPoints]);
    let words = "";
    for (const path of mountPoints) {
      const why = left.get(path) ?? 0;
      if (why === "refuses") words += `${path}: not permitted.\n`;
      else if (why > 0 || mounted.some((entry) => entry.mountPoint.startsWith(`${path}/`))) {
        left.set(path, Math.max(0, why - 1));
        words += `umount: ${path}: target is busy.\n`;
      } else {
        const at = mounted.findLastIndex((entry) => entry.mountPoint === path);
        mounted = mounted.toSpliced(at, 1);
      }
    }
    return words;
  };
  return { top: "/r", list: () => mounted, umount, log, rounds };
}

test("unmountAll – nothing mounted – runs nothing", async (t) => {
  const table = fakeTable([]);
  await unmountAll(table);
  t.deepEqual(table.rounds, []);
});

test("unmountAll – nested and stacked – deepest first, in one go", async (t) => {
  const table = fakeTable(["/r", "/r/a", "/r/a/b", "/r/a/b", "/r"]);
  await unmountAll({ ...table, list: table.list });
  t.deepEqual(table.rounds, [["/r/a/b", "/r/a/b", "/r/a", "/r", "/r"]]);
  t.deepEqual(table.list(), []);
});

test("unmountAll – busy for a while – tried again", async (t) => {
  const table = fakeTable(["/r", "/r/a"], { "/r/a": 3 });
  await unmountAll(table);
  t.deepEqual(table.list(), []);
});

test("unmountAll – busy for good – an error with the words of umount, after fifty attempts", async (t) => {
  const table = fakeTable(["/r"], { "/r": 1000 });
  const error = await t.throwsAsync<StatusError>(unmountAll(table));
  t.regex(error.message, /failed to unmount \/r: .*target is busy/);
  t.is(table.rounds.length, 51);
});

test("unmountAll – not permitted – an error at once", async (t) => {
  const table = fakeTable(["/r"], { "/r": "refuses" });
  await t.throwsAsync(unmountAll(table), { message: /not permitted/ });
  t.is(table.rounds.length, 1);
});

test("unmountAll – something below the top refuses – a warning only", async (t) => {
  const table = fakeTable(["/r/a", "/r/b/c"], { "/r/b/c": "refuses" });
  await unmountAll(table);
  t.deepEqual(
    table.list().map((entry) => entry.mountPoint),
    ["/r/b/c"],
  );
  t.deepEqual(table.log.messages("warn"), ["failed to unmount"]);
});

test("unmountUnlisted – busy, then stacked – is tried again until nothing is mounted", async (t) => {
  const statuses = [32, 0, 0, 1];
  await unmountUnlisted("/r", async () => statuses.shift() ?? Number.NaN);
  t.deepEqual(statuses, []);
});

test("unmountUnlisted – umount(8) does not run – fails at once", async (t) => {
  let runs = 0;
  const umount = async (): Promise<number> => {
    runs += 1;
    return 127;
  };
  await t.throwsAsync<StatusError>(unmountUnlisted("/r", umount), {
    message: "failed to unmount /r: umount ended with status 127",
  });
  t.is(runs, 1);
});

test("unmountAll – the top refuses, whatever comes of a mount outside of it – an error", async (t) => {
  for (const behaviour of [{ "/r": "refuses" }, { "/r": "refuses", "/layers": "refuses" }] as const) {
    for (const paths of [
      ["/r", "/layers"],
      ["/layers", "/r"],
    ])
      await t.throwsAsync(unmountAll(fakeTable(paths, behaviour)), { message: /^failed to unmount \/r: / });
  }
});

test("unmountAll – something outside of the top refuses – a warning only", async (t) => {
  for (const paths of [
    ["/r", "/layers"],
    ["/layers", "/r"],
  ]) {
    const table = fakeTable(paths, { "/layers": "refuses" });
    await unmountAll(table);
    t.deepEqual(table.log.messages("warn"), ["failed to unmount"]);
  }
});
