import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileCache } from "./compile-cache.ts";
import { TempDir } from "./temp-dir.ts";

/** Shells that must be able to run the launcher. */
export type Shell = "dash" | "busybox";

const interpreters: Readonly<Record<Shell, string>> = { dash: "#!/bin/dash", busybox: "#!/bin/busybox sh" };
const launcherSource = join(import.meta.dirname, "../../bin/launcher.sh");
const program = join(import.meta.dirname, "stub-shim.ts");

/** An installation whose program is the stub: launchers, a Node that counts its starts, and a build id. */
export class Distribution implements Disposable {
  readonly #dir = new TempDir();

  /** Makes it. `build` is the build id, `shell` the shell that runs the launchers. */
  constructor({ build = "build-1", shell = "dash" }: { build?: string; shell?: Shell } = {}) {
    for (const dir of ["bin", "lib/dunnage"]) mkdirSync(this.#dir.join(dir), { recursive: true });
    const launcher = readFileSync(launcherSource, "utf8")
      .replace(/^#!.*/, interpreters[shell])
      .replace(/^installed=.*/m, `installed='${this.lib}'`);
    for (const runtime of ["runc", "crun"]) this.#write(`bin/containerd-shim-dunnage-${runtime}-v1`, launcher, 0o755);
    this.#write("lib/dunnage/build-id", `${build}\n`);
    this.#write("lib/dunnage/shim.cjs", `import(${JSON.stringify(program)});\n`);
    this.#write(
      "lib/dunnage/node",
      `#!/bin/sh\necho "$*" >>'${this.starts}'\nNODE_COMPILE_CACHE='${compileCache}' exec '${process.execPath}' "$@"\n`,
      0o755,
    );
  }

  launcher(runtime = "runc"): string {
    return this.#dir.join("bin", `containerd-shim-dunnage-${runtime}-v1`);
  }

  get lib(): string {
    return this.#dir.join("lib/dunnage");
  }

  /** File with one line per start of Node. */
  get starts(): string {
    return this.#dir.join("starts");
  }

  /** Number of times that Node has been started. */
  get nodes(): number {
    return existsSync(this.starts) ? readFileSync(this.starts, "utf8").trimEnd().split("\n").length : 0;
  }

  setBuild(build: string): void {
    this.#write("lib/dunnage/build-id", `${build}\n`);
  }

  [Symbol.dispose](): void {
    this.#dir[Symbol.dispose]();
  }

  #write(name: string, content: string, mode = 0o644): void {
    writeFileSync(this.#dir.join(name), content);
    chmodSync(this.#dir.join(name), mode);
  }
}
