import { spawn } from "node:child_process";

/** How a command ended. */
export interface CommandResult {
  /** Exit code; null if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  /** Written to standard input, which is then closed. Default: /dev/null. */
  readonly input?: string;
  /** Encoding of the output. Default: utf8. With latin1 every byte is one character. */
  readonly encoding?: BufferEncoding;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** The command is killed after this time. Default: 60 s. */
  readonly timeoutMs?: number;
}

/** Runs a command until it exits; does not reject if the status is not 0. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { input, encoding = "utf8", timeoutMs = 60_000, ...rest } = options;
  const stdin = input === undefined ? "ignore" : "pipe";
  const child = spawn(file, args, {
    ...rest,
    stdio: [stdin, "pipe", "pipe"],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  child.stdin?.on("error", () => undefined).end(input); // the command may exit without reading it
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding(encoding).on("data", (chunk: string) => {
      output[name] += chunk;
    });
  }
  const ended = Promise.withResolvers<CommandResult>();
  child.once("error", ended.reject).once("close", (status, signal) => ended.resolve({ status, signal, ...output }));
  return ended.promise;
}

/** Runs a command that must succeed; returns its standard output. */
export async function runCommandOk(file: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const result = await runCommand(file, args, options);
  if (result.status === 0) return result.stdout;
  const how = result.signal ?? `status ${result.status}`;
  throw new Error(`${file} ${args.join(" ")}: ${how}: ${result.stderr.trim()} ${result.stdout.trim()}`);
}
