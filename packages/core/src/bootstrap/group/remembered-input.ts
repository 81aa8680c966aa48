import { join } from "node:path";
import { writeAtomically } from "./registration.ts";
import type { StartRequest } from "./start-request.ts";

/** A shell compares the input and needs a system call per byte. What containerd sends has a few hundred bytes. */
const maxRememberedBytes = 4096;

/**
 * Writes what containerd sent with the last `start` of a runtime to the daemon's directory. A launcher that gets the
 * same input need not ask Node whether it fits the group. `options.RUNTIME` has the whole input. `params.RUNTIME` has
 * what follows the id in BootstrapParams, because the id differs from container to container. The input before that is
 * 0x0a, the id's length and the id. Input with a NUL, which a shell cannot hold, is not remembered.
 */
export function rememberInput(daemonDir: string, runtime: string, request: StartRequest): void {
  const { dialect, id, input } = request;
  const head = Buffer.concat([Buffer.from([0x0a, Buffer.byteLength(id)]), Buffer.from(id)]);
  if (dialect === "params" && !input.subarray(0, head.length).equals(head)) return;
  const rest = dialect === "params" ? input.subarray(head.length) : input;
  if (rest.length === 0 || rest.length > maxRememberedBytes || rest.includes(0)) return;
  writeAtomically(join(daemonDir, `${dialect}.${runtime}`), rest);
}
