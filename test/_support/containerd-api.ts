import { connect as connectHttp2, constants } from "node:http2";
import { connect } from "node:net";

/** What containerd reports about a task; `status` is the name that `ctr` prints. */
export interface Task {
  readonly id: string;
  readonly pid: number;
  readonly status: string;
}

/** Where a containerd listens, and the namespace of the calls. */
export interface ApiPlace {
  readonly address: string;
  readonly namespace: string;
}

const timeoutMs = 60_000;
const notFound = 5;

/**
 * Names of the statuses, by number.
 * @see https://github.com/containerd/containerd/blob/v2.1.0/api/types/task/task.proto
 */
const statuses = ["UNKNOWN", "CREATED", "RUNNING", "STOPPED", "PAUSED", "PAUSING"];

/** Thrown if containerd answers with a status other than OK. */
class ApiError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * A client of containerd's gRPC services for the questions that tests ask often, without starting a `ctr` each time.
 * Every call has its own connection, so containerd may exit and restart between calls.
 * @see https://github.com/containerd/containerd/tree/v2.1.0/api/services
 */
export class ContainerdApi {
  readonly #place: ApiPlace;

  constructor(place: ApiPlace) {
    this.#place = place;
  }

  /** @throws {Error} while containerd does not answer. */
  async version(): Promise<void> {
    await this.#call("version.v1.Version/Version");
  }

  /** Returns one task; undefined if it does not exist. */
  async task(id: string): Promise<Task | undefined> {
    try {
      const [task] = messages(await this.#call("tasks.v1.Tasks/Get", text(id)));
      return task && toTask(task);
    } catch (error) {
      if (error instanceof ApiError && error.code === notFound) return undefined;
      throw error;
    }
  }

  async taskIds(): Promise<readonly string[]> {
    return messages(await this.#call("tasks.v1.Tasks/List")).map((task) => toTask(task).id);
  }

  async containerIds(): Promise<readonly string[]> {
    return messages(await this.#call("containers.v1.Containers/List")).map((container) => `${container.get(1)}`);
  }

  async createNamespace(name: string): Promise<void> {
    await this.#call("namespaces.v1.Namespaces/Create", field(text(name)));
  }

  async deleteNamespace(name: string): Promise<void> {
    await this.#call("namespaces.v1.Namespaces/Delete", text(name));
  }

  /** Makes one unary call. @see https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
  #call(method: string, request: Buffer = Buffer.alloc(0)): Promise<Buffer> {
    const { address, namespace } = this.#place;
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const session = connectHttp2("http://localhost", { createConnection: () => connect(address) });
    session.on("error", reject);
    const stream = session.request({
      [constants.HTTP2_HEADER_METHOD]: "POST",
      [constants.HTTP2_HEADER_PATH]: `/containerd.services.${method}`,
      "content-type": "application/grpc",
      te: "trailers",
      "containerd-namespace": namespace,
    });
    const received: Buffer[] = [];
    let code = Number.NaN;
    let message = "no status";
    const readStatus = (headers: Readonly<Record<string, unknown>>) => {
      if (headers["grpc-status"] === undefined) return;
      code = Number(headers["grpc-status"]);
      message = decodeURIComponent(`${headers["grpc-message"] ?? ""}`);
    };
    stream.on("response", readStatus).on("trailers", readStatus); // an error may come as one block of headers
    stream.on("data", (chunk: Buffer) => received.push(chunk));
    stream.on("error", reject);
    stream.on("close", () => {
      session.destroy();
      if (code === 0) resolve(Buffer.concat(received).subarray(prefixBytes));
      else reject(new ApiError(code, `${method}: code ${code}: ${message}`));
    });
    stream.setTimeout(timeoutMs, () => stream.destroy(new Error(`${method}: no answer in ${timeoutMs} ms`)));
    const prefix = Buffer.alloc(prefixBytes);
    prefix.writeUInt32BE(request.length, 1);
    stream.end(Buffer.concat([prefix, request]));
    return promise;
  }
}

/** Prefix of a gRPC message: one byte of flags and four bytes of length. */
const prefixBytes = 5;

function toTask(process: ReadonlyMap<number, number | Buffer>): Task {
  return {
    id: `${process.get(2)}`,
    pid: Number(process.get(3) ?? 0),
    status: statuses[Number(process.get(4) ?? 0)] ?? "UNKNOWN",
  };
}

/** Encodes field 1 as bytes. @see https://protobuf.dev/programming-guides/encoding */
function field(value: Buffer): Buffer {
  if (value.length > 0x7f) throw new Error("longer than one byte can say");
  return Buffer.concat([Buffer.from([0x0a, value.length]), value]);
}

function text(value: string): Buffer {
  return field(Buffer.from(value));
}

/** Returns the messages in field 1 of a message, each as a map of its fields by number. */
function messages(bytes: Buffer): readonly ReadonlyMap<number, number | Buffer>[] {
  return Array.from(decodeFields(bytes), ([number, value]) => {
    return number === 1 && typeof value !== "number" ? new Map(decodeFields(value)) : undefined;
  }).filter((message) => message !== undefined);
}

/** Yields number and value of each field: a number for varints, the bytes for all other types. */
function* decodeFields(bytes: Buffer): Generator<readonly [number, number | Buffer]> {
  let offset = 0;
  const varint = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = bytes.readUInt8(offset++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (offset < bytes.length) {
    const key = varint();
    const number = key >>> 3;
    const kind = key & 7;
    if (kind === 0) {
      yield [number, varint()];
      continue;
    }
    const length = kind === 1 ? 8 : kind === 5 ? 4 : varint();
    yield [number, bytes.subarray(offset, offset + length)];
    offset += length;
  }
}
