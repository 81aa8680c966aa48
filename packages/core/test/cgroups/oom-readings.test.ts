import { readFileSync, writeFileSync, writeSync } from "node:fs";
import { mock } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import test from "ava";
import { OomWatcher } from "../../src/cgroups/oom.ts";
import { silentLogger } from "../../src/log/logger.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { TempDir } from "../_support/temp-dir.ts";

/** A v1 memory cgroup made of regular files. The test sends the notifications to the watcher's own eventfd. */
class CgroupOfFiles implements Disposable {
  readonly #dir = new TempDir();
  readonly cgroup = { version: 1, dirs: { memory: this.#dir.path } } as const;

  constructor() {
    writeFileSync(this.#dir.join("cgroup.event_control"), "");
    this.kills = 0;
  }

  set kills(count: number) {
    writeFileSync(this.#dir.join("memory.oom_control"), `oom_kill_disable 0\nunder_oom 0\noom_kill ${count}\n`);
  }

  /**
   * Notifies the watcher; returns when it has read the notification, which happens in the next turn of the event loop.
   */
  async notice(): Promise<void> {
    const one = new BigUint64Array([1n]);
    writeSync(Number.parseInt(readFileSync(this.#dir.join("cgroup.event_control"), "utf8"), 10), one);
    for (let i = 0; i < 5; i++) await turn();
  }

  [Symbol.dispose](): void {
    this.#dir[Symbol.dispose]();
  }
}

test("OomWatcher – a notice just before the last reading for an earlier one – has its own readings", async (t) => {
  let now = 0;
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(performance, "now", () => now);
  t.teardown(() => mock.reset());
  const advance = (ms: number): void => {
    now += ms;
    mock.timers.tick(ms);
  };
  using files = new CgroupOfFiles();
  using watcher = new OomWatcher({ libc: openKoffiLibc(), log: silentLogger });
  let told = 0;
  using _watch = watcher.watch(files.cgroup, () => told++);
  await files.notice();
  for (const ms of [10, 100, 995]) advance(ms);
  await files.notice();
  advance(5); // the last reading for the first notification
  files.kills = 1;
  advance(10);
  t.is(told, 1);
});
