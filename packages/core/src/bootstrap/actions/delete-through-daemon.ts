import { Client, Code, StatusError } from "@dunnage/ttrpc";
import { wire } from "../../proto/gen/wire.js";
import { addressOf } from "../group/registration.ts";

const service = "containerd.task.v2.Task";
const sigkill = 9;

/**
 * Kills and deletes a container through the daemon that has it. Returns the encoded DeleteResponse; undefined: the
 * daemon does not have the container, or does not finish before `signal` aborts.
 */
export async function deleteThroughDaemon(
  socket: string,
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    using client = await Client.connect(addressOf(socket), { signal });
    const call = (method: string, payload: Uint8Array) => client.call({ service, method }, payload, { signal });
    const kill = wire.KillRequest.encode({ id, signal: sigkill, all: true }).finish();
    await call("Kill", kill).catch(async (error: unknown) => {
      if (isNotFound(error)) return;
      // A stopped process needs no signal, so it does not matter why Kill failed.
      const { status } = wire.StateResponse.decode(await call("State", wire.StateRequest.encode({ id }).finish()));
      if (status !== wire.Status.STOPPED) throw error;
    });
    await call("Wait", wire.WaitRequest.encode({ id }).finish());
    return await call("Delete", wire.DeleteRequest.encode({ id }).finish());
  } catch (error) {
    if (StatusError.is(error)) return undefined;
    throw error;
  }
}

/** Whether Kill failed because the process is already gone. Wait reports whether the container is gone, too. */
const isNotFound = (error: unknown): boolean => StatusError.is(error) && error.code === Code.NotFound;
