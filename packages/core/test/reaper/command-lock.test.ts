import { mkdirSync, statSync } from "node:fs";
import test from "ava";
import { CommandLock, commandLockFd, commandLockName } from "../../src/reaper/command-lock.ts";
import { TempDir } from "../_support/temp-dir.ts";

test("CommandLock – open in the shim under any number but the commands'", (t) => {
  using dir = new TempDir();
  using locks = new DisposableStack();
  const fds: number[] = [];
  while ((fds.at(-1) ?? 0) < commandLockFd + 5) {
    const [[from, to] = []] = locks.use(new CommandLock(dir.path)).inherit;
    t.is(to, commandLockFd);
    fds.push(from ?? Number.NaN);
  }
  t.false(fds.includes(commandLockFd));
});

test("CommandLock – the file is its owner's alone", (t) => {
  using dir = new TempDir();
  new CommandLock(dir.path)[Symbol.dispose]();
  t.is(statSync(dir.join(commandLockName)).mode & 0o777, 0o600);
});

test("CommandLock – bundle gone – nothing to inherit", (t) => {
  using dir = new TempDir();
  using lock = new CommandLock(dir.join("gone"));
  t.deepEqual(lock.inherit, []);
});

test("CommandLock – a file that cannot be opened – an error where it is needed, else nothing to inherit", (t) => {
  using dir = new TempDir();
  mkdirSync(dir.join(commandLockName));
  t.throws(() => new CommandLock(dir.path), { code: "EISDIR" });
  using lock = new CommandLock(dir.path, { isNeeded: false });
  t.deepEqual(lock.inherit, []);
});
