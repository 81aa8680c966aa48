import type { CriContainerd } from "./cri-containerd.ts";
import { until } from "./until.ts";

const protocol = "v4.channel.k8s.io";
const channel = { stdin: 0, stdout: 1, stderr: 2, status: 3, resize: 4 };

/** The part of a Kubernetes status that says how a command exited. */
interface Status {
  readonly status: "Success" | "Failure";
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly reason: string; readonly message: string }[] };
}

/** The command to run. */
interface StreamedExec {
  /** Id of the container. */
  readonly id: string;
  readonly cmd: readonly string[];
  readonly tty: boolean;
}

/**
 * A command in a container with its streams, as `kubectl exec` runs it. The first byte of each message is its channel.
 * @see https://pkg.go.dev/k8s.io/kubelet/pkg/cri/streaming/remotecommand
 */
export class ExecStream implements Disposable {
  readonly #socket: WebSocket;
  readonly #received: string[] = ["", "", "", ""];
  #failure: Error | undefined;

  private constructor(url: string) {
    this.#socket = new WebSocket(url.replace(/^http/, "ws"), [protocol]);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.onmessage = ({ data }) => {
      const bytes = Buffer.from(data as ArrayBuffer);
      const index = bytes[0] ?? channel.status;
      this.#received[index] = (this.#received[index] ?? "") + bytes.toString("utf8", 1);
    };
    this.#socket.onerror = () => {
      this.#failure = new Error(`no WebSocket at ${url}`);
    };
  }

  /** Starts the command. With a terminal there is no separate stderr. */
  static async start(cri: CriContainerd, { id, cmd, tty }: StreamedExec): Promise<ExecStream> {
    const request = { container_id: id, cmd, tty, stdin: true, stdout: true, stderr: !tty };
    const stream = new ExecStream((await cri.call("Exec", request)).url);
    // If the command fails to start, the streams may be closed already.
    await until(() => stream.#socket.readyState !== WebSocket.CONNECTING, "the streams are open");
    if (stream.#failure) throw stream.#failure;
    return stream;
  }

  get stdout(): string {
    return this.#received[channel.stdout] ?? "";
  }

  get stderr(): string {
    return this.#received[channel.stderr] ?? "";
  }

  /** Writes to the command's standard input. */
  write(text: string): void {
    this.#send(channel.stdin, text);
  }

  /** Sets the size of the command's terminal, in characters. */
  resize(width: number, height: number): void {
    this.#send(channel.resize, JSON.stringify({ Width: width, Height: height }));
  }

  /** Waits until the command exits and returns its exit code. */
  async exitCode(): Promise<number> {
    const text = await until(() => this.#received[channel.status] || undefined, "the command ends");
    const status: Status = JSON.parse(text);
    if (status.status === "Success") return 0;
    const cause = status.details?.causes?.find(({ reason }) => reason === "ExitCode");
    if (cause === undefined) throw new Error(status.message);
    return Number(cause.message);
  }

  [Symbol.dispose](): void {
    this.#socket.close();
  }

  #send(index: number, text: string): void {
    this.#socket.send(Buffer.concat([Buffer.of(index), Buffer.from(text)]));
  }
}
