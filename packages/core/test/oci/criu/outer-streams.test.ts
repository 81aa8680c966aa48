import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync, statSync } from "node:fs";
import test from "ava";
import { findOuterStreams, toDumpConfig, toRestoreConfig } from "../../../src/oci/criu/outer-streams.ts";
import { Fifo } from "../../_support/fifo.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const one = { fd: 1, key: "file[1b:a]", mode: 0o700 };

test("toDumpConfig, toRestoreConfig – one line for each file, with the first stream that it is", (t) => {
  using dir = new TempDir();
  using fifo = new Fifo(dir.join("fifo")); // mode 0700
  const fd = openSync(fifo.path, constants.O_RDWR);
  const stdio = { stdin: fd, stdout: fd, stderr: fd };
  const streams = [one, { ...one, fd: 2 }];
  t.deepEqual(toDumpConfig(streams), ["external file[1b:a]"]);
  t.deepEqual(toRestoreConfig(streams, stdio), ["inherit-fd fd[1]:file[1b:a]"]);
  t.deepEqual(toRestoreConfig([{ ...one, mode: 0o600 }], stdio), [
    "inherit-fd fd[1]:file[1b:a]",
    "skip-file-rwx-check",
  ]);
  t.deepEqual([toDumpConfig([]), toRestoreConfig([], stdio)], [[], []]);
  closeSync(fd);
});

test("findOuterStreams – of a process in the namespace of the FIFO – none: its path means something there", async (t) => {
  using dir = new TempDir();
  using fifo = new Fifo(dir.join("fifo"));
  const fd = openSync(fifo.path, constants.O_RDWR);
  const child = spawn("sleep", ["1000"], { stdio: ["ignore", fd, "pipe"] });
  await once(child, "spawn");
  t.deepEqual(findOuterStreams(child.pid ?? 0), []);
  child.kill("SIGKILL");
  closeSync(fd);
  t.true(statSync(fifo.path).isFIFO());
});
