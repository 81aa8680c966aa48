import { type CallOptions, Client } from "@dunnage/ttrpc";
import { wire } from "../proto/gen/wire.js";

/** The part of a generated message class that a call needs. */
interface Message<Fields, Decoded> {
  encode(message: Fields): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Decoded;
}

/**
 * A client of a shim's Task API, like containerd. Requests and responses are plain objects with the fields of the
 * protocol: `client.kill({ id, signal: 9 })`. Calls reject with a StatusError: the shim's answer, or ClosedError if the
 * daemon is gone.
 * @see https://github.com/containerd/containerd/blob/main/api/runtime/task/v3/shim.proto
 */
export class TaskClient implements Disposable {
  readonly #client: Client;
  readonly #service: string;

  private constructor(client: Client, version: number) {
    this.#client = client;
    this.#service = `containerd.task.v${version}.Task`;
  }

  /**
   * Connects to a shim. `version`: version of the Task API, default 2.
   * @throws {StatusError} Unavailable – no process listens.
   */
  static async connect(address: string, version = 2): Promise<TaskClient> {
    return new TaskClient(await Client.connect(address, { timeoutMs: 10_000 }), version);
  }

  readonly create = this.#method("Create", wire.CreateTaskRequest, wire.CreateTaskResponse);
  readonly start = this.#method("Start", wire.StartRequest, wire.StartResponse);
  readonly delete = this.#method("Delete", wire.DeleteRequest, wire.DeleteResponse);
  readonly exec = this.#method("Exec", wire.ExecProcessRequest, wire.Empty);
  readonly state = this.#method("State", wire.StateRequest, wire.StateResponse);
  readonly kill = this.#method("Kill", wire.KillRequest, wire.Empty);
  readonly wait = this.#method("Wait", wire.WaitRequest, wire.WaitResponse);
  readonly pause = this.#method("Pause", wire.PauseRequest, wire.Empty);
  readonly resume = this.#method("Resume", wire.ResumeRequest, wire.Empty);
  readonly update = this.#method("Update", wire.UpdateTaskRequest, wire.Empty);
  readonly stats = this.#method("Stats", wire.StatsRequest, wire.StatsResponse);
  readonly pids = this.#method("Pids", wire.PidsRequest, wire.PidsResponse);
  readonly checkpoint = this.#method("Checkpoint", wire.CheckpointTaskRequest, wire.Empty);
  readonly resizePty = this.#method("ResizePty", wire.ResizePtyRequest, wire.Empty);
  readonly closeIo = this.#method("CloseIO", wire.CloseIORequest, wire.Empty);
  readonly connect = this.#method("Connect", wire.ConnectRequest, wire.ConnectResponse);
  readonly shutdown = this.#method("Shutdown", wire.ShutdownRequest, wire.Empty);

  /** Calls a method by name with an encoded request. */
  call(method: string, payload: Uint8Array = new Uint8Array(), options: CallOptions = {}): Promise<Uint8Array> {
    return this.#client.call({ service: this.#service, method }, payload, options);
  }

  /** Resolves when the shim has closed the connection. */
  get closed(): Promise<void> {
    return this.#client.closed;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #method<Fields, Decoded>(name: string, request: Message<Fields, unknown>, response: Message<never, Decoded>) {
    return async (fields: Fields, options?: CallOptions): Promise<Decoded> =>
      response.decode(await this.call(name, request.encode(fields).finish(), options));
  }
}
