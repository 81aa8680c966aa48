import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type CommandOutcome, runDunnage } from "./run-command.ts";
import { TempDir } from "./temp-dir.ts";

/** A directory with Dunnage's configuration, and other files that a test writes. */
export class ConfigDir extends TempDir {
  readonly config: string = join(this.path, "config.toml");

  constructor(config: string | ((dir: string) => string)) {
    super();
    this.write("config.toml", typeof config === "string" ? config : config(this.path));
  }

  /** Writes a file and returns its path. */
  write(name: string, content: string | object): string {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
    return path;
  }

  /** Runs a command line of `dunnage` with this configuration. */
  run(...args: readonly string[]): Promise<CommandOutcome> {
    return runDunnage(args, { env: { DUNNAGE_CONFIG: this.config } });
  }
}
