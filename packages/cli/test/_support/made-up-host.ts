import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import type { Surroundings } from "../../src/doctor/surroundings.ts";
import { type CommandOutcome, runDunnage } from "./run-command.ts";
import { TempDir } from "./temp-dir.ts";

/**
 * A host in a directory: an installation with launchers, programs, and a containerd that can only print its version.
 */
export class MadeUpHost implements Disposable {
  readonly #stack = new DisposableStack();
  readonly dir: string = this.#stack.use(new TempDir()).path;
  readonly config: string = join(this.dir, "etc/containerd/config.toml");
  readonly binDir: string = join(this.dir, "links");
  readonly libDir: string = join(this.dir, "opt/lib/dunnage");

  /**
   * Makes the host.
   * @param version of containerd.
   * @param programs that are also on the search path.
   */
  constructor(version: string, programs: readonly string[] = ["runc"]) {
    this.write("bin/containerd", `#!/bin/sh\necho "containerd github.com/containerd/containerd ${version} abc"\n`);
    for (const name of programs) this.write(`bin/${name}`, "#!/bin/sh\n");
    const launchers = ["runc", "crun"].map((name) => `containerd-shim-dunnage-${name}-v1`);
    for (const name of launchers) this.write(`opt/bin/${name}`, "#!/bin/sh\n");
    this.write("opt/lib/dunnage/launchers", `${launchers.join("\n")}\n`);
    mkdirSync(this.binDir);
  }

  /** Writes a file and returns its path. Files in a bin/ are executable. */
  write(path: string, text: string): string {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: path.includes("bin/") ? 0o755 : 0o644 });
    return file;
  }

  read(path: string): string {
    return readFileSync(join(this.dir, path), "utf8");
  }

  exists(path: string): boolean {
    return existsSync(join(this.dir, path));
  }

  /** Returns the links to launchers, with their targets. */
  links(): Readonly<Record<string, string>> {
    return Object.fromEntries(readdirSync(this.binDir).map((name) => [name, readlinkSync(join(this.binDir, name))]));
  }

  /** Returns where the checks of `doctor` look: everything below this host's directory. */
  surroundings(): Surroundings {
    return {
      proc: join(this.dir, "proc"),
      cgroup: join(this.dir, "cgroup"),
      runtimeDir: join(this.dir, "run/dunnage"),
      config: join(this.dir, "etc/dunnage/config.toml"),
      containerdConfig: this.config,
      libDir: this.libDir,
      searchPath: join(this.dir, "bin"),
    };
  }

  /** Adds a process. @param startTime clock ticks since boot, which was at second 1000 of the epoch. */
  addProcess(
    pid: number,
    startTime: number,
    details: { readonly args?: readonly string[]; readonly exe?: string } = {},
  ): void {
    const { args = ["sh"], exe = "/bin/sh" } = details;
    const zeros = Array.from({ length: 17 }, () => "0").join(" ");
    this.write("proc/stat", "cpu 1 2 3\nbtime 1000\n");
    this.write(`proc/${pid}/stat`, `${pid} (a name) S 1 ${zeros} ${startTime} 0 0\n`);
    this.write(`proc/${pid}/cmdline`, args.map((arg) => `${arg}\0`).join(""));
    this.write(`proc/${pid}/environ`, `HOME=/\0PATH=${this.binDir}:/nonexistent\0`);
    symlinkSync(exe, join(this.dir, `proc/${pid}/exe`));
    symlinkSync("/", join(this.dir, `proc/${pid}/cwd`));
  }

  /** Listens on a socket for as long as this host exists. */
  async listen(path: string): Promise<void> {
    mkdirSync(dirname(join(this.dir, path)), { recursive: true });
    const server = createServer().listen(join(this.dir, path));
    this.#stack.defer(() => server.close());
    await once(server, "listening");
  }

  /** Runs `dunnage COMMAND` on this host. */
  run(command: string, ...args: readonly string[]): Promise<CommandOutcome> {
    return this.runAt(undefined, command, ...args);
  }

  /** Like `run`, at a terminal where a user types `typed`. */
  runAt(typed: string | undefined, command: string, ...args: readonly string[]): Promise<CommandOutcome> {
    const env = {
      PATH: join(this.dir, "bin"),
      DUNNAGE_CONFIG: join(this.dir, "etc/dunnage/config.toml"),
    };
    return runDunnage([command, "--config", this.config, "--bin-dir", this.binDir, ...args], {
      env,
      libDir: this.libDir,
      ...(typed !== undefined && { typed }),
    });
  }

  [Symbol.dispose](): void {
    this.#stack.dispose();
  }
}
