import { isAbsolute } from "node:path";
import { invalidArgument, type OciProcess } from "@dunnage/core";

/** What the user specifies for a process. The rest is taken from the container's own process. */
export interface ProcessRequest {
  readonly args: readonly string[];
  readonly terminal: boolean;
  /** `UID` or `UID:GID`. */
  readonly user?: string | undefined;
  /** `NAME=value`; overrides the container's variables. */
  readonly env: readonly string[];
  readonly cwd?: string | undefined;
}

/** The fields of an OCI `process` that are used here. Others are passed through. */
interface OciProcessFields extends OciProcess {
  readonly env?: readonly string[];
  readonly cwd?: string;
  readonly user?: object;
}

const maxId = 2 ** 32 - 1;

/**
 * Returns the OCI `process` of an exec: that of the container with what the user specified.
 * @throws {StatusError} InvalidArgument – names what is wrong.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/config.md#process
 */
export function toExecProcess(container: OciProcessFields, request: ProcessRequest): object {
  const { args, terminal, cwd = container.cwd ?? "/" } = request;
  if (!isAbsolute(cwd)) throw invalidArgument(`--cwd ${cwd}: not an absolute path`);
  const user = request.user === undefined ? (container.user ?? { uid: 0, gid: 0 }) : parseUser(request.user);
  // Fields that are only for init are omitted.
  const { consoleSize: _size, ...rest } = container as OciProcessFields & { readonly consoleSize?: object };
  return { ...rest, args, terminal, cwd, user, env: mergeEnv(container.env ?? [], request.env) };
}

function parseUser(text: string): { uid: number; gid: number } {
  const [, uid, gid = "0"] = /^(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (uid === undefined || Number(uid) > maxId || Number(gid) > maxId) {
    throw invalidArgument(`--user ${text}: not UID or UID:GID, in numbers`);
  }
  return { uid: Number(uid), gid: Number(gid) };
}

function mergeEnv(container: readonly string[], added: readonly string[]): string[] {
  const bad = added.find((entry) => !/^[^=]+=/.test(entry));
  if (bad !== undefined) throw invalidArgument(`--env ${bad}: not NAME=value`);
  const nameOf = (entry: string): string => entry.split("=", 1)[0] ?? "";
  const names = new Set(added.map(nameOf));
  return [...container.filter((entry) => !names.has(nameOf(entry))), ...added];
}
