import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";
import { Client } from "@dunnage/ttrpc";
import type { Logger } from "../../log/logger.ts";
import { signalIfPresent } from "../../native/proc.ts";
import type { HookTransport } from "../connection/hook-transport.ts";
import { callsOf } from "../connection/ttrpc-transport.ts";
import { logOutput } from "./output-log.ts";

/** Descriptor of the connection in the plugin's process. */
export const connectionFd = 3;

/** How the daemon's own program is started as the process of a plugin. */
export interface HookHost {
  /** Absolute path, then arguments. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Starts a process for one plugin, in a session of its own, and connects to it. Its output goes to the log. It does not
 * outlive this process, not even if this process is killed. The reaper leaves it to libuv, like every child that it
 * does not know.
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
    kill(); // a process that has closed its connection is of no use
    const line = lastLine();
    return `${await exited}${line === "" ? "" : `: ${line}`}`;
  };
  return { ...callsOf(client, why), closed: client.closed, isOurs: true, close: kill };
}

/** Resolves with how the process ended. The processes that it has started end with it. */
function whenExited(child: ChildProcess): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  child.once("error", (error) => resolve(`its process cannot be started: ${error.message}`));
  child.once("exit", (status, signal) => {
    killGroup(child);
    resolve(`its process has ended, ${signal === null ? `exit status ${status}` : `by ${signal}`}`);
  });
  return promise;
}

/**
 * Kills the process group. The last chance is the turn of the event loop in which the process was reaped: after that,
 * the group's number may belong to another group.
 */
function killGroup(child: ChildProcess & { groupEnded?: boolean }): void {
  if (child.pid === undefined || child.groupEnded === true) return;
  child.groupEnded = child.exitCode !== null || child.signalCode !== null;
  signalIfPresent(-child.pid, "SIGKILL");
}
