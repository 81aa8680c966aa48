import { rmSync } from "node:fs";
import { Server } from "@dunnage/ttrpc";
import { wire } from "../../proto/gen/wire.js";

/** An event of a container as the service received it, decoded as far as tests need it. */
export interface SeenEvent {
  /** `/tasks/exit`. */
  readonly topic: string;
  /** Id of the exec, or of the container for its init; only of exits. */
  readonly id: string | undefined;
  readonly exitStatus: number | undefined;
}

/** What the service does with one Forward: undefined accepts it; it may also throw a status or never resolve. */
export type Behaviour = (topic: string, containerId: string) => undefined | Promise<void>;

/** containerd's event service, which can go away, come back, hang and refuse. */
export class EventService implements AsyncDisposable {
  readonly path: string;
  /** Envelopes that were accepted, in order. */
  readonly accepted: wire.Envelope[] = [];
  /** Requests that were seen, with their metadata. */
  readonly seen: { readonly topic: string; readonly namespace: string | undefined }[] = [];
  /** Largest number of requests in flight at one time. */
  concurrency = 0;
  behaviour: Behaviour = () => undefined;
  #inFlight = 0;
  #server: Server | undefined;

  constructor(path: string) {
    this.path = path;
  }

  static async start(path: string): Promise<EventService> {
    const service = new EventService(path);
    await service.start();
    return service;
  }

  async start(): Promise<void> {
    const Forward = this.#forward.bind(this);
    const server = new Server({ services: { "containerd.services.events.ttrpc.v1.Events": { Forward } } });
    await server.listen({ path: this.path });
    this.#server = server;
  }

  /** Cuts every connection, as containerd's death does; the socket file is missing until `start`. */
  async stop(): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
    this.#server = undefined;
    rmSync(this.path, { force: true });
  }

  get topics(): string[] {
    return this.accepted.map((envelope) => envelope.topic);
  }

  /** Returns the events of one container so far, in order of arrival. */
  of(containerId: string): readonly SeenEvent[] {
    return this.byContainer().get(containerId) ?? [];
  }

  /** Returns the same for every container that has any events. */
  byContainer(): ReadonlyMap<string, readonly SeenEvent[]> {
    const seen = new Map<string, SeenEvent[]>();
    for (const { topic, event } of this.accepted) {
      const fields = decoderOf(topic).decode(event?.value ?? new Uint8Array());
      const isExit = fields instanceof wire.TaskExit;
      const events = seen.get(fields.container_id) ?? [];
      events.push({ topic, id: isExit ? fields.id : undefined, exitStatus: isExit ? fields.exit_status : undefined });
      seen.set(fields.container_id, events);
    }
    return seen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #forward(
    payload: Uint8Array,
    call: { readonly metadata: ReadonlyMap<string, readonly string[]> },
  ): Promise<Uint8Array> {
    const envelope = wire.ForwardRequest.decode(payload).envelope as wire.Envelope;
    this.seen.push({ topic: envelope.topic, namespace: call.metadata.get("containerd-namespace-ttrpc")?.[0] });
    this.concurrency = Math.max(this.concurrency, ++this.#inFlight);
    try {
      await this.behaviour(envelope.topic, containerOf(envelope));
    } finally {
      this.#inFlight--;
    }
    this.accepted.push(envelope);
    return wire.Empty.encode({}).finish();
  }
}

const containerOf = ({ event }: wire.Envelope): string =>
  wire.TaskPaused.decode(event?.value ?? new Uint8Array()).container_id;

/** The message type of a topic. Messages of other types have the container's id in the same place. */
function decoderOf(topic: string): { decode(bytes: Uint8Array): { readonly container_id: string } } {
  return topic === "/tasks/exit" ? wire.TaskExit : wire.TaskPaused;
}
