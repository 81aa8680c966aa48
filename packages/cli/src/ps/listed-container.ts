import type { Container } from "../containers/container.ts";
import type { Condition, ContainerStatus } from "../containers/status.ts";
import { formatRows } from "../table.ts";

/** A container as `dunnage ps --json` shows it. */
export interface ListedContainer {
  readonly id: string;
  readonly status: Condition;
  /** Of init; 0: none. */
  readonly pid: number;
  /** 0–255; null if the container has not ended, or if the status is unknown. */
  readonly exitStatus: number | null;
  readonly exitedAt: string | null;
  readonly runtime: string;
  readonly createdAt: string;
  readonly command: readonly string[];
  readonly bundle: string;
  readonly terminal: boolean;
  readonly stdin: boolean;
  /** Where its state and output are. */
  readonly directory: string;
}

/** Returns what is shown of a container. */
export function toListed({ id, directory, record }: Container, status: ContainerStatus): ListedContainer {
  const { runtime, createdAt, command, bundle, terminal, stdin } = record;
  const { condition, pid, exit } = status;
  const ending = { exitStatus: exit?.status ?? null, exitedAt: exit?.exitedAt ?? null };
  return { id, status: condition, pid, ...ending, runtime, createdAt, command, bundle, terminal, stdin, directory };
}

/** Formats containers as a table for the user. The first line has the names of the columns. */
export function formatTable(containers: readonly ListedContainer[], now: Date): string {
  const rows = containers.map((container) => [
    container.id,
    container.pid === 0 ? "-" : String(container.pid),
    describeStatus(container),
    container.runtime,
    describeAge(now.getTime() - Date.parse(container.createdAt)),
    container.command.join(" ").slice(0, 40),
  ]);
  return formatRows([["ID", "PID", "STATUS", "RUNTIME", "CREATED", "COMMAND"], ...rows]);
}

function describeStatus({ status, exitStatus, pid }: ListedContainer): string {
  if (status === "exited") return `exited (${exitStatus})`;
  if (status === "unknown") return "unknown: its shim does not answer";
  if (status !== "lost") return status;
  if (pid !== 0) return "lost: its shim is gone, it still runs";
  return exitStatus === null ? "lost: its shim is gone" : `lost: its shim is gone (exited ${exitStatus})`;
}

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
] as const;

function describeAge(ageMs: number): string {
  const [unit, sizeMs] = units.find(([, size]) => ageMs >= size) ?? ["s", 1000];
  return `${Math.max(0, Math.floor(ageMs / sizeMs))}${unit} ago`;
}
