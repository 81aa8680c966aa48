import { constants, openSync, readFileSync, writeFileSync } from "node:fs";
import test from "ava";
import { RemoteFile } from "../../../src/io/file/remote-file.ts";
import { OwnedFd } from "../../../src/io/owned-fd.ts";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { StdioScene } from "../../_support/stdio-scene.ts";
import { TempDir } from "../../_support/temp-dir.ts";
import { until } from "../../_support/until.ts";

// Not in node:fs. @see open(2)
const O_PATH = 0o10000000;

// The process of a file does not keep the event loop alive.
const keepAlive = setInterval(() => {}, 60_000);
test.after.always(() => clearInterval(keepAlive));

test("RemoteFile – what was appended – is in the file when it has finished, behind what was there", async (t) => {
  using dir = new TempDir();
  const path = dir.join("log");
  writeFileSync(path, "before\n");
  using handle = new OwnedFd(openSync(path, constants.O_RDONLY | O_PATH));
  using file = await RemoteFile.open(handle.fd);
  for (let i = 0; i < 1_000; i++) await file.append(Buffer.from(`${i}\n`));
  await file.finish();
  t.is(readFileSync(path, "utf8"), `before\n${Array.from({ length: 1_000 }, (_, i) => `${i}\n`).join("")}`);
});

test("RemoteFile – a disk that is full – finishes", async (t) => {
  using handle = new OwnedFd(openSync("/dev/full", constants.O_RDONLY | O_PATH));
  using file = await RemoteFile.open(handle.fd);
  await file.append(Buffer.from("lost\n"));
  const reported = async (): Promise<boolean> =>
    await file.append(Buffer.from("lost\n")).then(
      () => false,
      ({ message }: Error) => message === "No space left on device",
    );
  await until(reported, "the disk's error");
  await file.finish();
  t.pass();
});

test("RemoteFile – a file that cannot be opened – the reason", async (t) => {
  using handle = new OwnedFd(openSync("/proc", constants.O_RDONLY | O_PATH));
  await t.throwsAsync(RemoteFile.open(handle.fd), { message: "Is a directory" });
});

test.serial("file:// – on a remote file system – drained when its process has written all", async (t) => {
  await using scene = new StdioScene();
  using fs = new HangingFs();
  const io = await scene.open({ stdout: `file://${fs.join("ok.log")}`, stderr: `file://${fs.join("ok.log")}` });
  await scene.run(io, "echo out; echo err >&2").ended;
  t.true(await io.drained(60_000));
});

test.serial("RemoteFile – its file system is gone – its process ends with its input", async (t) => {
  const fs = new HangingFs();
  using handle = new OwnedFd(openSync(fs.join("ok"), constants.O_RDONLY | O_PATH));
  using file = await RemoteFile.open(handle.fd);
  fs[Symbol.dispose]();
  await file.append(Buffer.from("lost\n"));
  await file.finish();
  t.pass();
});
