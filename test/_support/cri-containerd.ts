import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBusyboxImage } from "./busybox-image.ts";
import { runCommand, runCommandOk } from "./command.ts";
import { Containerd, type ContainerdOptions, testTag } from "./containerd.ts";
import { CriClient } from "./cri-client.ts";
import { runtimeUnderTest } from "./runtime-under-test.ts";
import { TaskClient } from "./task-client.ts";
import { until } from "./until.ts";

/** The namespace in which containerd keeps what it runs for the kubelet. */
const criNamespace = "k8s.io";

const pauseImage = "dunnage.test/pause:latest";

/** Of the range that is set aside for benchmarks. @see https://www.rfc-editor.org/rfc/rfc2544 */
const podSubnet = "198.18.213.0/24";

/** The bridge's name; a network interface's has 15 characters at most. */
const bridge = testTag.slice(0, -1);

/** A containerd of its own with its CRI plugin on, whose pods run with the runtime under test. */
export class CriContainerd implements AsyncDisposable {
  readonly containerd: Containerd;
  #client: CriClient;

  private constructor(containerd: Containerd) {
    this.containerd = containerd;
    this.#client = new CriClient(containerd.address);
  }

  /**
   * Starts it, `config` being the shim's configuration, and imports the pause and the busybox image.
   * @param runtime tables that make a runtime the default; empty: containerd's own default.
   * @param path as in `ContainerdOptions`.
   */
  static async start(
    config: NonNullable<ContainerdOptions["config"]>,
    runtime: string = defaultRuntime,
    path: readonly string[] = [],
  ): Promise<CriContainerd> {
    const containerd = await Containerd.start({ config, path, cri: (dir) => criConfig(dir) + runtime });
    const cri = new CriContainerd(containerd);
    try {
      await cri.#importImage("pause", buildBusyboxImage({ name: pauseImage, command: ["/bin/sleep", "1000000"] }));
      await cri.#importImage("busybox", buildBusyboxImage());
      await cri.#ready();
      return cri;
    } catch (error) {
      await cri[Symbol.asyncDispose]();
      throw error;
    }
  }

  get call(): CriClient["call"] {
    return this.#client.call.bind(this.#client);
  }

  /** Starts containerd again after `kill9`; returns when the CRI plugin has found its pods and answers. */
  async restart(): Promise<void> {
    await this.containerd.restart();
    this.#client[Symbol.dispose]();
    this.#client = new CriClient(this.containerd.address);
    await this.#ready();
  }

  /** Opens a connection of its own to the shim that serves a container or a pod. */
  connectShim(id: string): Promise<TaskClient> {
    const { address, version } = this.containerd.shimEndpoint(id, criNamespace);
    return TaskClient.connect(address, version);
  }

  /** Traces of a container or a pod in containerd's state and in the OCI runtime's; none is `[]`. */
  remains(id: string): readonly string[] {
    const dirs = [join(this.containerd.dir, "state"), "/run/containerd/runc", "/run/containerd/runsc"].filter((dir) =>
      existsSync(dir),
    );
    const names = dirs.flatMap((dir) => readdirSync(dir, { recursive: true, encoding: "utf8" }));
    return names.filter((name) => name.includes(id));
  }

  /** Stops and removes all pods, then everything else. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.call("Status", {}).catch(() => this.restart());
      for (const { id } of (await this.call("ListPodSandbox", {})).items) {
        await this.call("StopPodSandbox", { pod_sandbox_id: id });
        await this.call("RemovePodSandbox", { pod_sandbox_id: id });
      }
    } finally {
      this.#client[Symbol.dispose]();
      await runCommand("/bin/busybox", ["ip", "link", "delete", bridge]); // the plugin leaves it to whoever wants it
      await this.containerd[Symbol.asyncDispose]();
    }
  }

  async #importImage(name: string, archive: Buffer): Promise<void> {
    const path = join(this.containerd.dir, `${name}.tar`);
    writeFileSync(path, archive);
    const args = ["--address", this.containerd.address, "--namespace", criNamespace, "image", "import", path];
    await runCommandOk("ctr", args, { env: this.containerd.env });
  }

  async #ready(): Promise<void> {
    await until("the CRI plugin answers", async () => (await this.call("Status", {})) !== undefined);
  }
}

// Without CAP_SYS_RESOURCE nobody may lower an OOM score, which pods ask for.
function criConfig(dir: string): string {
  mkdirSync(join(dir, "cni"));
  writeFileSync(join(dir, "cni/10-pods.conflist"), JSON.stringify(networkConfig(dir)));
  return `[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "/usr/lib/cni"
  conf_dir = "${dir}/cni"
`;
}

/** Tables that make the runtime under test the default of pods. */
export const defaultRuntime: string = `[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "dunnage"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.dunnage]
  runtime_type = "${runtimeUnderTest}"
`;

/** Pods at a bridge with no address: nothing of the host's own network changes. @see https://www.cni.dev/plugins/current/main/bridge/ */
function networkConfig(dir: string): unknown {
  const ipam = { type: "host-local", subnet: podSubnet, dataDir: join(dir, "ipam") };
  return { cniVersion: "0.4.0", name: "pods", plugins: [{ type: "bridge", bridge, isGateway: false, ipam }] };
}
