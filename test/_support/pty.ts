import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommandOk } from "./command.ts";
import { type Dunnage, DunnageProcess } from "./dunnage.ts";
import { readDescendants, readFds } from "./proc.ts";

let number = 0;

/**
 * A shell on its own terminal (script(1)) of 33 rows and 101 columns. It runs one `dunnage` command and then prints
 * `status=N`. The terminal's modes before and after the command are recorded.
 */
export class Pty extends DunnageProcess {
  readonly #files: string;

  constructor(dunnage: Dunnage, args: readonly string[]) {
    const files = join(dunnage.dir, `pty-${number++}`);
    const words = dunnage.args(args).map((word) => `'${word}'`);
    const script = `stty rows 33 cols 101; stty -g >${files}.before; dunnage ${words.join(" ")}; status=$?
stty -g >${files}.after; echo "status=$status"`;
    writeFileSync(`${files}.sh`, script);
    const command = ["-qefc", `sh ${files}.sh`, "/dev/null"];
    super(spawn("script", command, { env: dunnage.env, stdio: "pipe" }));
    this.#files = files;
  }

  /** Whether the terminal has the modes that it had before the command. */
  get isRestored(): boolean {
    return readFileSync(`${this.#files}.before`, "utf8") === readFileSync(`${this.#files}.after`, "utf8");
  }

  /** Resizes the terminal; the kernel notifies its foreground processes. */
  async resize(rows: number, columns: number): Promise<void> {
    await this.stty("rows", String(rows), "cols", String(columns));
  }

  /** Changes the terminal's mode without the command's knowledge, or prints it (`-a`). */
  stty(...args: readonly string[]): Promise<string> {
    const paths = readDescendants(this.pid).map(({ pid }) => readFds(pid).get(0) ?? "");
    const path = paths.find((target) => target.startsWith("/dev/pts/"));
    if (path === undefined) throw new Error("no terminal");
    return runCommandOk("stty", ["-F", path, ...args]);
  }

  /** Pid of the `dunnage` on the terminal. */
  get dunnagePid(): number {
    const found = readDescendants(this.pid).find(({ argv }) => argv.some((word) => word.endsWith("/cli.cjs")));
    if (found === undefined) throw new Error("dunnage does not run");
    return found.pid;
  }
}
