import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { JournalFile, JournalFormatError } from "../../src/journal/journal-file.ts";
import { maxRecordBytes } from "../../src/journal/record.ts";
import { MountPoint } from "../_support/mount-point.ts";
import { TempDir } from "../_support/temp-dir.ts";

const read = (path: string): readonly unknown[] => {
  const { file, values } = JournalFile.open(path);
  file[Symbol.dispose]();
  return values;
};

const write = (path: string, ...values: readonly unknown[]): number => {
  const { file } = JournalFile.open(path);
  using _ = file;
  for (const value of values) file.append(value);
  return file.length;
};

test("open – a new file – no values; only its owner may read it", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  t.deepEqual(read(path), []);
  t.is(statSync(path).mode & 0o777, 0o600);
});

test("append – values come back in their order, also those appended after a second open", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  const values = [{ a: 1 }, "é\u0000", [], null, 0, { text: "x".repeat(200_000) }];
  write(path, ...values.slice(0, 3));
  write(path, ...values.slice(3));
  t.deepEqual(read(path), values);
});

test("open – a file cut at any byte – the records that are complete, and the file can be appended to", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  const cut = dir.join("cut");
  const ends = [write(path), write(path, { n: 1 }), write(path, { n: 2, text: "é" }), write(path, { n: 3 })];
  for (let length = 0; length <= (ends.at(-1) ?? 0); length++) {
    copyFileSync(path, cut);
    truncateSync(cut, length);
    const complete = ends.filter((end) => end <= length).length - 1;
    write(cut, "next");
    const expected = [{ n: 1 }, { n: 2, text: "é" }, { n: 3 }].slice(0, Math.max(0, complete));
    t.deepEqual(read(cut), [...expected, "next"], `cut at ${length}`);
  }
});

test("open – any byte of the last record damaged – the records before it", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  const damaged = dir.join("damaged");
  const start = write(path, { n: 1 });
  const end = write(path, { n: 2 });
  for (let at = start; at < end; at++) {
    const bytes = readFileSync(path);
    bytes[at] = (bytes[at] ?? 0) ^ 0x10;
    writeFileSync(damaged, bytes);
    write(damaged, "next");
    t.deepEqual(read(damaged), [{ n: 1 }, "next"], `byte ${at}`);
  }
});

test("open – the rest of a longer torn record cannot become a record again", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  const inner = dir.join("inner");
  const length = write(inner, "ghost") - write(dir.join("empty"));
  const ghost = readFileSync(inner).subarray(-length);
  const start = write(path, "first");
  // The torn record carries a complete record where the next record of 17 bytes will end.
  const torn = Buffer.concat([Buffer.from([255, 0, 0, 0]), Buffer.alloc(13, 1), ghost]);
  writeFileSync(path, Buffer.concat([readFileSync(path).subarray(0, start), torn]));
  const next = "x".repeat(7);
  t.is(write(path, next), start + 17);
  t.deepEqual(read(path), ["first", next]);
});

test("open – another version or another file – JournalFormatError, and the file is as it was", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  for (const [text, message] of [
    ["DUNJRNL\u0002rest", /has version 2, this build reads version 1$/],
    ["DUNJRNL\u0000", /has version 0/],
    ['{"version":1}', /is not a journal$/],
    ["DUNX", /is not a journal$/],
  ] as const) {
    writeFileSync(path, text, "latin1");
    t.throws(() => JournalFile.open(path), { instanceOf: JournalFormatError, message });
    t.is(readFileSync(path, "latin1"), text);
  }
});

test("append – a value over the limit – RangeError, and nothing is appended", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  write(path, 1);
  t.throws(() => write(path, "x".repeat(maxRecordBytes)), { instanceOf: RangeError, message: /exceeds 8388608/ });
  t.deepEqual(read(path), [1]);
});

test("append – a full file system – ENOSPC; what was reserved can be written all the same", (t) => {
  using point = new MountPoint();
  const directory = point.directory("full");
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", directory]);
  const path = join(directory, "journal");
  const { file } = JournalFile.open(path);
  using _ = file;
  file.reserve(8_192);
  const ordinary = { text: "x".repeat(1_000) };
  let count = 0;
  t.throws(
    () => {
      for (; count < 1_000; count++) file.append(ordinary);
    },
    { code: "ENOSPC" },
  );
  t.true(count > 50);
  t.throws(() => file.reserve(200_000), { code: "ENOSPC" });
  const ending = { exit: "y".repeat(990) };
  for (let i = 0; i < 8; i++) file.appendReserved(ending);
  t.deepEqual(read(path), [...Array(count).fill(ordinary), ...Array(8).fill(ending)]);
});

test("rewrite – the new values replace the old, the reserve stays, and appending continues", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  const { file } = JournalFile.open(path);
  using _ = file;
  file.reserve(4_096);
  for (let i = 0; i < 1_000; i++) file.append(i);
  const before = file.length;
  file.rewrite(["only"]);
  t.true(file.length < before);
  t.true(statSync(path).size >= file.length + 4_096);
  file.append("next");
  t.deepEqual(read(path), ["only", "next"]);
  t.false(existsSync(`${path}.tmp`));
});

test("rewrite – a full file system – ENOSPC, and the old file stays in use", (t) => {
  using point = new MountPoint();
  const directory = point.directory("full");
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=192k", "tmpfs", directory]);
  const path = join(directory, "journal");
  const { file } = JournalFile.open(path);
  using _ = file;
  file.append("old");
  t.throws(() => file.rewrite(["x".repeat(150_000)]), { code: "ENOSPC" });
  t.false(existsSync(`${path}.tmp`));
  file.append("next");
  t.deepEqual(read(path), ["old", "next"]);
});

test("a writer that is killed at any time – each record it confirmed is there, and at most one more", async (t) => {
  using dir = new TempDir();
  for (let round = 0; round < 8; round++) {
    const path = dir.join(`journal-${round}`);
    const confirmed = await confirmedUntilKilled(path, round * 2);
    const values = read(path);
    t.deepEqual(values, [...values.keys()]);
    t.true(values.length === confirmed || values.length === confirmed + 1, `${values.length} of ${confirmed}`);
  }
});

/** Kills a process that appends 0, 1, 2 … some time after its first record. Returns how many it has confirmed. */
async function confirmedUntilKilled(path: string, afterMs: number): Promise<number> {
  const module = JSON.stringify(join(import.meta.dirname, "../../src/journal/journal-file.ts"));
  const program = `
    import { writeSync } from "node:fs";
    import { JournalFile } from ${module};
    const { file } = JournalFile.open(${JSON.stringify(path)});
    for (let count = 0; ; count++) {
      file.append(count);
      writeSync(1, "\\n");
    }
  `;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program]);
  let confirmed = 0;
  child.stdout.on("data", (lines: Buffer) => {
    confirmed += lines.length;
  });
  const closed = once(child, "close");
  await Promise.race([once(child.stdout, "data"), closed]);
  setTimeout(() => child.kill("SIGKILL"), afterMs);
  const [, signal] = await closed;
  if (signal !== "SIGKILL") throw new Error(`the writer ended by itself: ${child.exitCode}`);
  return confirmed;
}
