import type { ChildProcess } from "node:child_process";
import type { Containerd } from "./containerd.ts";
import { until } from "./until.ts";

/** One event as `ctr events` prints it. */
export interface CtrEvent {
  /** `/tasks/exit`, … */
  readonly topic: string;
  /** Fields without default values, by their proto names: `container_id`, `exit_status`, … */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The events of one containerd since `open`. A shim sends an event again if containerd has not confirmed it within 5 s,
 * for example because the disk stalls. The repeat has the time of the original, so the whole line is identical.
 */
export class CtrEvents implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #lines = new Set<string>();
  readonly #events: CtrEvent[] = [];
  #repeats = 0;

  private constructor(process: ChildProcess) {
    this.#process = process;
    let text = "";
    process.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      const lines = (text + chunk).split("\n");
      text = lines.pop() ?? "";
      for (const line of lines) this.#add(line);
    });
  }

  /** Subscribes; returns when an event that was published for this purpose has arrived. */
  static async open(containerd: Containerd): Promise<CtrEvents> {
    const events = new CtrEvents(containerd.spawnCtr("events"));
    const probe = `${containerd.namespace}-probe`;
    await until(async () => {
      await containerd.api.createNamespace(probe);
      await containerd.api.deleteNamespace(probe);
      return events.#events.some(({ topic }) => topic.startsWith("/namespaces/"));
    }, "the subscription stands");
    return events;
  }

  /** Number of events that arrived more than once. */
  get repeats(): number {
    return this.#repeats;
  }

  /** Returns the task events of one container so far, in the order of arrival, without repeats. */
  of(id: string): readonly CtrEvent[] {
    return this.#events.filter(({ topic, fields }) => topic.startsWith("/tasks/") && fields["container_id"] === id);
  }

  /** Waits for an event of a container. */
  next(id: string, topic: string, timeoutMs?: number): Promise<CtrEvent> {
    const isWanted = (event: CtrEvent) => event.topic === topic;
    return until(() => this.of(id).find(isWanted), `${topic} of ${id}`, timeoutMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exited = Promise.withResolvers<void>();
    this.#process.once("exit", () => exited.resolve());
    this.#process.kill("SIGKILL");
    await exited.promise;
  }

  #add(line: string): void {
    if (this.#lines.has(line)) {
      this.#repeats++;
      return;
    }
    this.#lines.add(line);
    this.#events.push(parseEvent(line));
  }
}

// "2026-11-23 11:28:17.28 +0000 UTC namespace /tasks/exit {json}"
function parseEvent(line: string): CtrEvent {
  const words = line.split(" ");
  const topicAt = words.findIndex((word) => word.startsWith("/"));
  const body = words.slice(topicAt + 1).join(" ");
  return { topic: words[topicAt] ?? "", fields: body === "" ? {} : (JSON.parse(body) as Record<string, unknown>) };
}
