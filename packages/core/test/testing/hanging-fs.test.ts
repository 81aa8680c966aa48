import { close, lstat, open, write } from "node:fs";
import { appendFile, readdir, stat } from "node:fs/promises";
import { promisify } from "node:util";
import test from "ava";
import { HangingFs } from "../_support/hanging-fs.ts";

const [lstatFile, openFile, writeFile, closeFile] = [
  promisify(lstat),
  promisify(open),
  promisify(write),
  promisify(close),
];

test.serial("HangingFs – what does not hang – a file, a directory, a missing name", async (t) => {
  using fs = new HangingFs();
  await appendFile(fs.join("dir/ok.log"), "line\n");
  t.true((await stat(fs.join("dir"))).isDirectory());
  t.deepEqual(await readdir(fs.path), []);
  await t.throwsAsync(() => stat(fs.join("missing")), { code: "ENOENT" });
});

test.serial("HangingFs – each call hangs – until it recovers", async (t) => {
  using fs = new HangingFs();
  const fd = await openFile(fs.join("write.log"), "a");
  const settled: string[] = [];
  const calls = {
    lookup: lstatFile(fs.join("lookup/below")).catch(() => {}),
    open: openFile(fs.join("open.log"), "r+").then(closeFile),
    write: writeFile(fd, "line\n"),
  };
  for (const [name, call] of Object.entries(calls)) void call.then(() => settled.push(name));
  await stat(fs.join("ok"));
  t.deepEqual(settled, []);
  fs.recover();
  await Promise.all(Object.values(calls));
  await closeFile(fd);
  t.deepEqual(settled.sort(), ["lookup", "open", "write"]);
});

test.serial("HangingFs – disposed of – what hung fails", async (t) => {
  const fs = new HangingFs();
  const call = lstatFile(fs.join("lookup"));
  await stat(fs.join("ok"));
  fs[Symbol.dispose]();
  await t.throwsAsync(call, { message: /ENOTCONN|ECONNABORTED/ });
});
