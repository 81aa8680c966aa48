import { openSync, readFileSync } from "node:fs";
import test from "ava";
import { DeviceFile } from "../../../src/io/file/device-file.ts";
import { HangingFs } from "../../_support/hanging-fs.ts";
import { TempDir } from "../../_support/temp-dir.ts";

test.serial("DeviceFile – files hang in writing and in closing – those of another device are written", async (t) => {
  using dir = new TempDir();
  using fs = new HangingFs();
  const path = dir.join("log");
  const names = ["write-1", "write-2", "write-3", "write-4", "write-5", "flush"];
  const hanging = names.map((name) => new DeviceFile(openSync(fs.join(name), "a"), "hanging"));
  const results = Promise.all(hanging.map((file) => file.append(Buffer.from("x"))));
  for (const file of hanging) file.close();
  using file = new DeviceFile(openSync(path, "a"), "healthy");
  await file.append(Buffer.from("line\n"));
  t.is(readFileSync(path, "utf8"), "line\n");
  fs.recover();
  await results;
});
