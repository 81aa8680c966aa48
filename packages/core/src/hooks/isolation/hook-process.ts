import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Client } from "@dunnage/ttrpc";
import type { Logger } from "../../log/logger.ts";
import { signalIfPresent } from "../../native/proc.ts";
import type { HookTransport } from "../remote/hook-transport.ts";
import { callsOf } from "../remote/ttrpc-transport.ts";
import { logOutput } from "./output-log.ts";

/** Descriptor of the connection in the process. */
export const connectionFd = 3;

/** How the daemon's own program is started as the process of a plugin. */
export interface HookHost {
  /** Absolute path, then arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a process for one plugin, in a session of its own, and connects to it. What it prints goes to the log. It does not
 * outlive this one, not even one that is killed. The reaper leaves it to libuv, as it does every child that it does not know.
 */
export function startHookProcess(host: HookHost, log: Logger): HookTransport {
  const [path = "", ...args] = host.command;
  const child = spawn(path, args, {
    env: host.env,
    cwd: "/",
    detached: true,
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const exited = whenExited(child);
  const lastLine = logOutput(child, log);
  const client = new Client(child.stdio[connectionFd] as Socket);
  const kill = (): void => {
    killGroup(child);
    client.close();
  };
  const why = async (): Promise<string> => {
    kill(); // one that has let go of the connection is of no use
    const line = lastLine();
    return `${await exited}${line === "" ? "" : `: ${line}`}`;
  };
  return { ...callsOf(client, why), closed: client.closed, isOurs: true, close: kill };
}

/** Says how it ended; what it has started ends with it. */
function whenExited(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once("error", (error) => resolve(`its process cannot be started: ${error.message}`));
  child.once("exit", (status, signal) => {
    killGroup(child);
    resolve(`its process has ended, ${signal === null ? `exit status ${status}` : `by ${signal}`}`);
  });
  return promise;
}

/** Not later than in the turn in which it was reaped: the number of its group may be another's then. */
function killGroup(child: ChildProcess & { groupEnded?: boolean }): void {
  if (child.pid === undefined || child.groupEnded === true) return;
  child.groupEnded = child.exitCode !== null || child.signalCode !== null;
  signalIfPresent(-child.pid, "SIGKILL");
}
