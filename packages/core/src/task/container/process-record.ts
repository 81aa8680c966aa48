import type { StdioPaths } from "../../io/process-io.ts";
import type { TerminalSize } from "../../native/libc.ts";
import type { Exit } from "../../reaper/exit.ts";
import type { ProcessState } from "./process-state.ts";

/** The exit of a process. */
export interface ExitRecord {
  readonly pid: number;
  readonly exitStatus: number;
  /** ISO 8601. */
  readonly exitedAt: string;
}

/** What Wait, State and Delete report once a process has ended; undefined if it never ran. */
export type Outcome = Exit | undefined;

/** What Wait finds: `pending`, the process may still end; `none`, it never ran; `exit`, its exit was reported. */
export type WaitAnswer = "pending" | "none" | "exit";

/**
 * What the daemon knows of one process, as plain data. `formatExactJson` and `parseExactJson` convert it to text and
 * back. Only `Process` makes a new version of it.
 */
export interface ProcessRecord {
  /** Empty for the init process. */
  readonly execId: string;
  readonly paths: StdioPaths;
  readonly state: ProcessState;
  /** 0 until the runtime has created the process. */
  readonly pid: number;
  /** In a sandbox: the pid that the runtime lists. */
  readonly internalPid?: number | undefined;
  /** The OCI `process` of an exec, until it has ended. Init's is in config.json. */
  readonly spec?: unknown;
  /** The daemon still has the process's ends of its streams: the runtime takes them at start, or at a restore. */
  readonly stdioWaits: boolean;
  /** CloseIO has come. */
  readonly stdinClosed: boolean;
  /** Of the last ResizePty. */
  readonly size?: TerminalSize | undefined;
  /** Start has succeeded. */
  readonly hasRun: boolean;
  /** Start has begun, and neither has it failed nor was the exit reported. */
  readonly isLive: boolean;
  /** Set when the process was reaped. `state` and `waitAnswer` change when the exit is reported. */
  readonly exit?: ExitRecord | undefined;
  readonly waitAnswer: WaitAnswer;
}

/** Returns the record of a process that does not exist yet. */
export function newProcess(
  fields: Pick<ProcessRecord, "execId" | "paths"> & Partial<Pick<ProcessRecord, "state" | "spec">>,
): ProcessRecord {
  const { state = "created" } = fields;
  const stdioWaits = state === "createdCheckpoint";
  return {
    ...fields,
    state,
    pid: 0,
    stdioWaits,
    stdinClosed: false,
    hasRun: false,
    isLive: false,
    waitAnswer: "pending",
  };
}
