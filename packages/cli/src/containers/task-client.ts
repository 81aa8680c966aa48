import { wire } from "@dunnage/core/client";
import { Client } from "@dunnage/ttrpc";

const service = "containerd.task.v2.Task";

/** The part of a generated message class that a call needs. */
interface Message<Fields, Decoded> {
  encode(message: Fields): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Decoded;
}

/**
 * A client of a shim's Task API, as containerd is one. Calls reject with a StatusError: the shim's answer, or ClosedError
 * when the daemon is gone.
 * @see https://github.com/containerd/containerd/blob/main/api/runtime/task/v2/shim.proto
 */
export class TaskClient implements Disposable {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  /** @throws {StatusError} Unavailable – nobody listens. */
  static async connect(address: string): Promise<TaskClient> {
    return new TaskClient(await Client.connect(address, { timeoutMs: 10_000 }));
  }

  readonly create = this.#method("Create", wire.CreateTaskRequest, wire.CreateTaskResponse);
  readonly start = this.#method("Start", wire.StartRequest, wire.StartResponse);
  readonly delete = this.#method("Delete", wire.DeleteRequest, wire.DeleteResponse);
  readonly exec = this.#method("Exec", wire.ExecProcessRequest, wire.Empty);
  readonly state = this.#method("State", wire.StateRequest, wire.StateResponse);
  readonly kill = this.#method("Kill", wire.KillRequest, wire.Empty);
  readonly wait = this.#method("Wait", wire.WaitRequest, wire.WaitResponse);
  readonly resume = this.#method("Resume", wire.ResumeRequest, wire.Empty);
  readonly resizePty = this.#method("ResizePty", wire.ResizePtyRequest, wire.Empty);
  readonly closeIo = this.#method("CloseIO", wire.CloseIORequest, wire.Empty);

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #method<Fields, Decoded>(name: string, request: Message<Fields, unknown>, response: Message<never, Decoded>) {
    return async (fields: Fields, signal?: AbortSignal): Promise<Decoded> => {
      const payload = request.encode(fields).finish();
      return response.decode(await this.#client.call(service, name, payload, signal && { signal }));
    };
  }
}

/** Time of a message, to the second. Absent: the epoch, which means that nobody knows. */
export const toDate = (timestamp: wire.Timestamp.$Properties | null | undefined): Date =>
  new Date(Number(timestamp?.seconds ?? 0) * 1000);
