import test from "ava";
import { silentLogger } from "../../src/log/logger.ts";
import type { Libc } from "../../src/native/libc.ts";
import { LibcError } from "../../src/native/libc-error.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { Reaper } from "../../src/reaper/reaper.ts";

/** A C library with one child, which the test starts, ends and removes. */
class ScriptedChild {
  status: "none" | "running" | number = "none";
  readonly libc: Libc = Object.assign(Object.create(openKoffiLibc()), {
    becomeSubreaper: () => {},
    peekZombie: () => (typeof this.status === "number" ? this.pid : undefined),
    isZombie: () => typeof this.status === "number",
    waitPid: () => this.#wait(),
  });
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  #wait() {
    if (this.status === "none") throw new LibcError("waitid", 10);
    if (this.status === "running") return undefined;
    const exitStatus = this.status;
    this.status = "none";
    return { pid: this.pid, exitStatus };
  }
}

test("watch – waits for the new process – its pid is that of a remembered exit", async (t) => {
  const child = new ScriptedChild(2 ** 22 + 5);
  using reaper = Reaper.open({ libc: child.libc, log: silentLogger });
  using _hold = reaper.hold();
  child.status = 1;
  t.is((await reaper.wait(child.pid)).exitStatus, 1);
  t.is((await reaper.wait(child.pid)).exitStatus, 1);

  child.status = "running";
  const second = reaper.wait(child.pid);
  child.status = 2;
  reaper.reap();
  t.is((await second).exitStatus, 2);

  child.status = 3;
  t.is((await reaper.wait(child.pid)).exitStatus, 3);
  t.is((await reaper.wait(child.pid)).exitStatus, 3);
});
