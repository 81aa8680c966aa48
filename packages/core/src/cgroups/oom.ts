import { type FSWatcher, watch } from "node:fs";
import { join } from "node:path";
import type { Logger } from "../log/logger.ts";
import type { Libc } from "../native/libc.ts";
import type { Cgroup } from "./cgroup.ts";
import { OomCounter } from "./oom-counter.ts";
import { OomEventfd } from "./oom-eventfd.ts";

/** Called for an OOM kill, with the number of kills so far. */
type OnOom = (kills: number) => void;

/** The watch over one container. Its owner disposes of it. */
export interface OomWatch extends Disposable {
  /**
   * Reads the counter now and compares it with the last reading. Kills that happened before this call are reported by
   * its end at the latest.
   */
  check(): void;
}

/**
 * Pauses before the readings of the counters that follow a v1 notice, in ms. The kernel sends the notice before it
 * kills, and the kill may take a while.
 */
const readingsMs = [10, 100, 1_000];
/** Pause between readings, in ms, while processes hang because of OOM: the readings show when that has ended. */
const hangingMs = 1_000;

/**
 * Reports containers in which the kernel killed a process because of OOM. The daemon has one watcher; it costs nothing
 * until the first watch.
 */
export class OomWatcher implements Disposable {
  readonly #libc: Libc;
  readonly #log: Logger;
  readonly #v1 = new Set<CounterWatch>();
  #eventfd: OomEventfd | undefined;
  /** Number of expected notices that only mean that a cgroup was removed. */
  #removals = 0;
  #timer: NodeJS.Timeout | undefined;
  #dueAt = Number.POSITIVE_INFINITY;
  /** Pauses before the readings that follow the one that is due. */
  #rest: readonly number[] = [];

  constructor({ libc, log }: { readonly libc: Libc; readonly log: Logger }) {
    this.#libc = libc;
    this.#log = log;
  }

  /**
   * Calls `onOom` whenever the cgroup's count of kills has risen, starting from `kills`. Undefined: the cgroup has no
   * readable counter. If notices are not available, kills are found at the next `check`.
   * @param kills those that are reported already; default: 0
   */
  watch(cgroup: Cgroup, onOom: OnOom, kills = 0): OomWatch | undefined {
    const dir = cgroup.version === 2 ? cgroup.dir : cgroup.dirs["memory"];
    if (dir === undefined) return undefined;
    try {
      const reported = { onOom, kills };
      return cgroup.version === 2 ? this.#watchV2(dir, reported) : this.#watchV1(dir, reported);
    } catch (error) {
      this.#log.warn("no out-of-memory events", { cgroup: dir, error });
      return undefined;
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const watch of this.#v1) watch[Symbol.dispose]();
    this.#eventfd?.[Symbol.dispose]();
    this.#eventfd = undefined;
  }

  #watchV2(dir: string, reported: Reported): OomWatch {
    const path = join(dir, "memory.events");
    const counter = new OomCounter(path);
    let watcher: FSWatcher | undefined;
    const result = new CounterWatch(counter, reported, () => watcher?.close());
    try {
      watcher = watch(path, { persistent: false }, () => result.check());
      watcher.on("error", (error) => this.#log.warn("no more out-of-memory events", { cgroup: dir, error }));
    } catch (error) {
      this.#log.warn("out-of-memory events come late", { cgroup: dir, error });
    }
    return result;
  }

  #watchV1(dir: string, reported: Reported): OomWatch {
    const counter = new OomCounter(join(dir, "memory.oom_control"));
    let isRegistered = false;
    const result = new CounterWatch(counter, reported, () => {
      if (this.#v1.delete(result) && isRegistered && counter.read() !== undefined) this.#removals += 1;
    });
    this.#v1.add(result);
    try {
      this.#eventfd ??= new OomEventfd(this.#libc, (count) => this.#noticed(count));
      this.#eventfd.register(dir, counter.fd);
      isRegistered = true;
    } catch (error) {
      this.#log.warn("out-of-memory events come late", { cgroup: dir, error });
    }
    return result;
  }

  /**
   * When many containers come and go, most notices are removals. If there are only removals, one reading per second at
   * most is enough.
   */
  #noticed(count: number): void {
    const isRemovalOnly = count <= this.#removals;
    this.#removals = Math.max(0, this.#removals - count);
    this.#readIn(isRemovalOnly ? readingsMs.slice(-1) : readingsMs);
  }

  /**
   * Reads all counters after each of the pauses, one after the other. If a reading is already scheduled, the earlier of
   * the two is kept.
   */
  #readIn(pauses: readonly number[]): void {
    const [pauseMs, ...rest] = pauses;
    if (pauseMs === undefined || this.#v1.size === 0) return;
    const dueAt = performance.now() + pauseMs;
    if (dueAt >= this.#dueAt) {
      // The reading that is due may be too early for this notice's kill, so the notice's own readings follow.
      if (pauses.length > this.#rest.length) this.#rest = pauses;
      return;
    }
    clearTimeout(this.#timer);
    this.#dueAt = dueAt;
    this.#rest = rest;
    this.#timer = setTimeout(() => {
      this.#dueAt = Number.POSITIVE_INFINITY;
      for (const watch of this.#v1) watch.check();
      const hangs = [...this.#v1].some((watch) => watch.hangs);
      this.#readIn(this.#rest.length === 0 && hangs ? [hangingMs] : this.#rest);
    }, pauseMs).unref();
  }
}

/** What a watch calls, and the number of kills that are reported already. */
interface Reported {
  readonly onOom: OnOom;
  readonly kills: number;
}

class CounterWatch implements OomWatch {
  readonly #counter: OomCounter;
  readonly #onOom: OnOom;
  readonly #onDispose: () => void;
  #kills: number;
  hangs = false;

  constructor(counter: OomCounter, { onOom, kills }: Reported, onDispose: () => void) {
    this.#counter = counter;
    this.#kills = kills;
    this.#onOom = onOom;
    this.#onDispose = onDispose;
  }

  check(): void {
    const count = this.#counter.read();
    if (count === undefined) return;
    const isNew = count.kills > this.#kills || (count.hangs && !this.hangs);
    this.#kills = count.kills;
    this.hangs = count.hangs;
    if (isNew) this.#onOom(count.kills);
  }

  [Symbol.dispose](): void {
    this.#onDispose();
    this.#counter[Symbol.dispose]();
  }
}
