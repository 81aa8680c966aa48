import { invalidArgument } from "../../errors/errors.ts";
import type { Program } from "../context.ts";
import { Daemon } from "../daemon/daemon.ts";
import type { Flags } from "../flags.ts";
import { toGroup } from "../group/group.ts";
import { maxSocketPathBytes, Paths } from "../group/paths.ts";
import { parseStartRequest } from "../group/start-request.ts";
import { readBuild, readSurroundings } from "../surroundings.ts";

/** Descriptor of the listening socket that the parent process passes, as containerd-shim-runc-v2 expects it. */
const listeningFd = 3;

/**
 * Without an action: serves in the foreground until Shutdown of an empty daemon, SIGTERM or SIGINT. For tests and
 * manual use; containerd never asks for it.
 */
export async function serve(flags: Flags, env: NodeJS.ProcessEnv, program: Program): Promise<void> {
  if (Buffer.byteLength(flags.socket) > maxSocketPathBytes) {
    throw invalidArgument(`socket path ${flags.socket} is longer than ${maxSocketPathBytes} bytes`);
  }
  const surroundings = await readSurroundings(env, program);
  const paths = new Paths(surroundings.runtimeDir);
  paths.create();
  const request = await parseStartRequest({ ...flags, id: flags.id || "none" }, env, Buffer.alloc(0));
  const daemon = await Daemon.start({
    surroundings,
    program,
    paths,
    group: toGroup(request, readBuild(surroundings.libDir), request.id),
    isSolo: true,
    lingerMs: Number.POSITIVE_INFINITY,
    target: flags.socket === "" ? { fd: listeningFd } : { path: flags.socket },
  });
  daemon.register();
  await daemon.ended;
}
