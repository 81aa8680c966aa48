import { silentLogger } from "../../src/log/logger.ts";
import { openKoffiLibc } from "../../src/native/open-libc.ts";
import { childEnvironment, findExecutable } from "../../src/reaper/child-environment.ts";
import { Commands } from "../../src/reaper/command-runner.ts";
import { Reaper } from "../../src/reaper/reaper.ts";

/** What a daemon provides to runtimes and mounts: this process as a subreaper, and real commands. */
export class ShimProcess implements Disposable {
  /** Nothing else keeps the event loop alive while a command runs. */
  readonly #keepAlive = setInterval(() => {}, 60_000);
  readonly libc = openKoffiLibc();
  readonly reaper: Reaper;
  readonly commands: Commands;
  readonly log = silentLogger;
  readonly findExecutable = (name: string): string | undefined => findExecutable(name);

  constructor() {
    const { libc } = this;
    this.reaper = Reaper.open({ libc, log: silentLogger });
    this.commands = new Commands({ libc, reaper: this.reaper, env: childEnvironment({}) });
  }

  [Symbol.dispose](): void {
    clearInterval(this.#keepAlive);
    this.reaper[Symbol.dispose]();
  }
}
