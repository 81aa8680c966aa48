import { readFileSync } from "node:fs";
import { Client } from "@dunnage/ttrpc";
import { wire } from "../../src/proto/gen/wire.js";

export { FakeContainerd, pidOf } from "../../src/testing/containerd/fake-containerd.ts";
export { type Dialect, finish, type Invocation, type Outcome } from "../../src/testing/containerd/invocation.ts";

/** Returns the pid of the daemon behind an address, by calling Connect; this proves that the daemon runs. */
export async function pidBehind(address: string): Promise<number> {
  const response = await callTask(address, "Connect", wire.ConnectRequest.encode({ id: "any" }).finish());
  return wire.ConnectResponse.decode(response).shim_pid;
}

/** Makes one call of the Task service on its own connection. */
export async function callTask(address: string, method: string, payload: Uint8Array): Promise<Uint8Array> {
  using client = await Client.connect(address, { timeoutMs: 20_000 });
  return await client.call({ service: "containerd.task.v2.Task", method }, payload, { timeoutMs: 20_000 });
}

export const createTask = (address: string, id: string): Promise<Uint8Array> =>
  callTask(address, "Create", wire.CreateTaskRequest.encode({ id }).finish());

export const deleteTask = (address: string, id: string): Promise<Uint8Array> =>
  callTask(address, "Delete", wire.DeleteRequest.encode({ id }).finish());

/** Returns what the daemon of the test installation reports about itself. */
export async function probe(address: string, id = "c1"): Promise<Record<string, unknown>> {
  using client = await Client.connect(address, { timeoutMs: 20_000 });
  return JSON.parse(
    Buffer.from(await client.call({ service: "test.Probe", method: "Probe" }, Buffer.from(id))).toString(),
  );
}

/** Returns an encoded Any with runc options. */
export function runcOptions(options: wire.RuncOptions.$Properties): Uint8Array {
  const value = wire.RuncOptions.encode(options).finish();
  return wire.Any.encode({ type_url: "containerd.runc.v1.Options", value }).finish();
}

export const readText = (path: string): string => readFileSync(path, "utf8");
