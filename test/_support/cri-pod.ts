import { readFileSync } from "node:fs";
import { join } from "node:path";
import { busyboxImage } from "./busybox-image.ts";
import type { ContainerStatus, LinuxContainerResources, PodSandboxConfig, UserNamespace } from "./cri-client.ts";
import type { CriContainerd } from "./cri-containerd.ts";
import { until } from "./until.ts";

/** Paths that the kubelet asks CRI to mask in every container. @see kubernetes pkg/securitycontext/util.go */
const kubeletPaths = {
  masked_paths: [
    "/proc/asound",
    "/proc/acpi",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/proc/sched_debug",
    "/proc/scsi",
    "/sys/firmware",
  ],
  readonly_paths: ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
};

/** A pod with its own network and log directory; its containers share nothing else. */
export class Pod {
  readonly cri: CriContainerd;
  readonly id: string;
  readonly #config: PodSandboxConfig;

  private constructor(cri: CriContainerd, id: string, config: PodSandboxConfig) {
    this.cri = cri;
    this.id = id;
    this.#config = config;
  }

  /**
   * Runs a pod.
   * @param handler of the runtime; empty: the default handler.
   */
  static run(cri: CriContainerd, name: string, handler = ""): Promise<Pod> {
    return Pod.#run(cri, name, { handler });
  }

  /** Like `run`, in a user namespace of 65,536 ids that start at `hostId` on the host. */
  static runWithUsers(cri: CriContainerd, name: string, users: { handler: string; hostId: number }): Promise<Pod> {
    const mapping = { host_id: users.hostId, container_id: 0, length: 65_536 };
    return Pod.#run(cri, name, { ...users, userns_options: { mode: "POD", uids: [mapping], gids: [mapping] } });
  }

  static async #run(
    cri: CriContainerd,
    name: string,
    { handler, userns_options }: { readonly handler: string; readonly userns_options?: UserNamespace },
  ): Promise<Pod> {
    const { dir, namespace } = cri.containerd;
    const users = userns_options === undefined ? {} : { userns_options };
    const config: PodSandboxConfig = {
      metadata: { name, uid: `uid-${name}`, namespace: "tests" },
      hostname: name,
      log_directory: join(dir, "logs", name),
      linux: {
        cgroup_parent: `/${namespace}`,
        security_context: { namespace_options: { network: "POD", pid: "CONTAINER", ...users } },
      },
    };
    const { pod_sandbox_id: id } = await cri.call("RunPodSandbox", { config, runtime_handler: handler });
    return new Pod(cri, id, config);
  }

  /** Creates and starts a container of the busybox image. */
  async start(
    name: string,
    command: readonly string[],
    resources: LinuxContainerResources = {},
  ): Promise<PodContainer> {
    const container = await this.create(name, command, resources);
    await container.start();
    return container;
  }

  /** Creates a container; containerd creates its task when the container is started. */
  async create(
    name: string,
    command: readonly string[],
    resources: LinuxContainerResources = {},
  ): Promise<PodContainer> {
    const log = join(this.#config.log_directory, `${name}.log`);
    const config = {
      metadata: { name },
      image: { image: busyboxImage },
      command,
      log_path: `${name}.log`,
      linux: {
        resources,
        security_context: { ...kubeletPaths, namespace_options: this.#config.linux.security_context.namespace_options },
      },
    };
    const request = { pod_sandbox_id: this.id, config, sandbox_config: this.#config };
    const { container_id: id } = await this.cri.call("CreateContainer", request);
    return new PodContainer(this.cri, id, log);
  }

  async status(): Promise<{ readonly state: string; readonly ip: string }> {
    const { status } = await this.cri.call("PodSandboxStatus", { pod_sandbox_id: this.id });
    return { state: status.state, ip: status.network.ip };
  }

  /** Stops the pod with all its containers. */
  async stop(): Promise<void> {
    await this.cri.call("StopPodSandbox", { pod_sandbox_id: this.id });
  }

  /** Removes the pod with all its containers. */
  async remove(): Promise<void> {
    await this.cri.call("RemovePodSandbox", { pod_sandbox_id: this.id });
  }
}

/** A container of a pod. */
export class PodContainer {
  readonly id: string;
  readonly #cri: CriContainerd;
  readonly #log: string;

  constructor(cri: CriContainerd, id: string, log: string) {
    this.#cri = cri;
    this.id = id;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#cri.call("StartContainer", { container_id: this.id });
  }

  async update(resources: LinuxContainerResources): Promise<void> {
    await this.#cri.call("UpdateContainerResources", { container_id: this.id, linux: resources });
  }

  /** Writes a checkpoint archive to `location`; the container keeps running. */
  async checkpoint(location: string): Promise<void> {
    await this.#cri.call("CheckpointContainer", { container_id: this.id, location });
  }

  async status(): Promise<ContainerStatus> {
    return (await this.#cri.call("ContainerStatus", { container_id: this.id })).status;
  }

  /** Waits until the container exits and returns its exit code, as the CRI plugin reports it. */
  async exitCode(): Promise<number> {
    return until(async () => {
      const { state, exit_code } = await this.status();
      return state === "CONTAINER_EXITED" && { exit_code };
    }, "the CRI plugin reports the end").then(({ exit_code }) => exit_code);
  }

  /** Runs a command in the container. It is killed after `timeout` seconds; 0 means never. */
  async exec(cmd: readonly string[], timeout = 0) {
    const result = await this.#cri.call("ExecSync", { container_id: this.id, cmd, timeout });
    return { exitCode: result.exit_code, stdout: result.stdout.toString(), stderr: result.stderr.toString() };
  }

  /** Stops the container with SIGTERM, and with SIGKILL after `timeout` seconds. */
  async stop(timeout: number): Promise<void> {
    await this.#cri.call("StopContainer", { container_id: this.id, timeout });
  }

  async remove(): Promise<void> {
    await this.#cri.call("RemoveContainer", { container_id: this.id });
  }

  async stats() {
    return (await this.#cri.call("ContainerStats", { container_id: this.id })).stats;
  }

  /**
   * What the container wrote to `stream`, read from its log file. A line has time, stream, F(ull) or P(artial), and
   * text.
   */
  log(stream: "stdout" | "stderr" = "stdout"): string {
    const lines = readFileSync(this.#log, "utf8").split("\n").slice(0, -1);
    return lines
      .map((line) => line.split(" "))
      .filter((words) => words[1] === stream)
      .map((words) => words.slice(3).join(" ") + (words[2] === "F" ? "\n" : ""))
      .join("");
  }

  /** Returns the pid of its init process, as the shim reports it. */
  async pid(): Promise<number> {
    using client = await this.#cri.connectShim(this.id);
    return (await client.connect({ id: this.id })).task_pid;
  }
}
