import type { InitExit, Usage } from "@dunnage/core";

/** Parses the output of `wait`: `{"id":"c","exitStatus":7}`. @throws {SyntaxError | TypeError} it has another form. */
export function parseWait(stdout: string): InitExit {
  const { exitStatus } = JSON.parse(stdout) as { exitStatus?: unknown };
  if (typeof exitStatus !== "number" || !Number.isInteger(exitStatus)) throw new TypeError(`no exit status: ${stdout}`);
  return { exitStatus: exitStatus & 0xff };
}

/**
 * Parses the output of `ps --format=json`: pids inside the sandbox.
 * @throws {SyntaxError | TypeError} it has another form.
 */
export function parsePids(stdout: string): number[] {
  const pids: unknown = JSON.parse(stdout);
  if (pids === null) return [];
  if (Array.isArray(pids) && pids.every((pid) => Number.isInteger(pid) && pid > 0)) return pids;
  throw new TypeError(`no list of pids: ${stdout.slice(0, 100)}`);
}

interface EventsData {
  readonly cpu?: { readonly usage?: { readonly total?: number } };
  readonly memory?: { readonly usage?: { readonly usage?: number } };
  readonly pids?: { readonly current?: number };
}

/** Parses the output of `events --stats`: the sandbox kernel's counters of one container. Limits are always 0 there. */
export function parseEvents(stdout: string): Usage {
  const { data } = JSON.parse(stdout) as { data?: EventsData };
  return {
    cpuNs: data?.cpu?.usage?.total,
    memoryBytes: data?.memory?.usage?.usage,
    pids: data?.pids?.current,
  };
}
