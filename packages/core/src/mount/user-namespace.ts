import { openSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { failedPrecondition, invalidArgument } from "../errors/errors.ts";
import { OwnedFd } from "../io/owned-fd.ts";
import type { Libc } from "../native/libc.ts";
import { hasErrorCode } from "../native/libc-error.ts";
import type { Command, CommandRunner } from "../reaper/command.ts";
import type { IdMapping } from "./id-mapping.ts";
import { findProgram } from "./programs.ts";

/** What creating a user namespace needs. */
export interface UserNamespaceDeps {
  readonly commands: Pick<CommandRunner, "run">;
  readonly libc: Pick<Libc, "pipe">;
}

/** A user namespace, and the process that creates it. */
export interface UserNamespaceRequest {
  readonly mapping: IdMapping;
  /** Directories that the process accesses first: a dead server blocks it, and not the daemon. */
  readonly dirs: readonly string[];
  /** Further descriptors that it inherits. */
  readonly inherit: NonNullable<Command["inherit"]>;
}

/**
 * Writes its pid after it has accessed all directories, and exits at the end of its standard input: when the daemon
 * exits at the latest.
 */
const script = `for dir; do [ -d "$dir" ]; done; echo $$; read -r _`;

/**
 * Opens a user namespace with this mapping: the kernel takes the mapping of a mount in this form. Only the descriptor
 * keeps the namespace. The caller closes it. A process with threads, such as this one, cannot enter a new user
 * namespace, so a short-lived process does.
 * @throws {StatusError} FailedPrecondition – a user namespace cannot be created; InvalidArgument – the kernel refuses
 *   the mapping.
 */
export async function openUserNamespace(
  { mapping, dirs, inherit }: UserNamespaceRequest,
  { commands, libc }: UserNamespaceDeps,
  signal: AbortSignal,
): Promise<OwnedFd> {
  using pipes = new DisposableStack();
  const [holdersInput, input, output, holdersOutput] = [...libc.pipe(), ...libc.pipe()].map((fd) =>
    pipes.use(new OwnedFd(fd)),
  ) as [OwnedFd, OwnedFd, OwnedFd, OwnedFd];
  const args = ["--user", "--", findProgram("sh"), "-c", script, "sh", ...dirs];
  const holder = { path: findProgram("unshare"), args, inherit, stdin: holdersInput.fd, stdout: holdersOutput.fd };
  const ended = commands.run(holder, signal);
  ended.catch(() => {}); // handled below
  holdersInput.close();
  holdersOutput.close();
  const pid = await readPid(output);
  try {
    if (pid !== undefined) return openMapped(pid, mapping);
  } finally {
    input.close();
  }
  const { stderr, exitStatus } = await ended;
  throw failedPrecondition(`user namespace cannot be made: ${stderr.trim() || `exit status ${exitStatus}`}`);
}

/** Resolves with undefined if the process has ended without writing it. */
async function readPid(output: OwnedFd): Promise<number | undefined> {
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const socket = new Socket({ fd: output.release(), readable: true, writable: false });
  socket.once("data", (text) => resolve(Number(text)));
  for (const event of ["end", "error"]) socket.once(event, () => resolve(undefined));
  try {
    return await promise;
  } finally {
    socket.destroy();
  }
}

function openMapped(pid: number, { uids, gids }: IdMapping): OwnedFd {
  try {
    writeFileSync(`/proc/${pid}/uid_map`, uids);
    writeFileSync(`/proc/${pid}/gid_map`, gids);
  } catch (error) {
    const text = `id mapping ${JSON.stringify(`${uids}${gids}`)} is refused: ${(error as Error).message}`;
    throw hasErrorCode(error, "EINVAL") ? invalidArgument(text) : failedPrecondition(text);
  }
  return new OwnedFd(openSync(`/proc/${pid}/ns/user`, "r"));
}
