import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildBusyboxImage } from "./busybox-image.ts";
import { runCommand, runCommandOk } from "./command.ts";
import { Containerd, type ContainerdOptions, testTag } from "./containerd.ts";
import { CriClient } from "./cri-client.ts";
import { runtimeUnderTest } from "./runtime-under-test.ts";
import { TaskClient } from "./task-client.ts";
import { until } from "./until.ts";

/** The namespace in which containerd keeps the containers that it runs for the kubelet. */
const criNamespace = "k8s.io";

const pauseImage = "dunnage.test/pause:latest";

/** Part of the range reserved for benchmarks. @see https://www.rfc-editor.org/rfc/rfc2544 */
const podSubnet = "198.18.213.0/24";

/** Name of the bridge. A network interface's name has at most 15 characters. */
const bridge = testTag.slice(0, -1);

/** A private containerd with its CRI plugin enabled; its pods use the runtime under test. */
export class CriContainerd implements AsyncDisposable {
  readonly containerd: Containerd;
  #client: CriClient;

  private constructor(containerd: Containerd) {
    this.containerd = containerd;
    this.#client = new CriClient(containerd.address);
  }

  /**
   * Starts containerd and imports the pause and busybox images. `config` is the configuration of the shim.
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

  /** Restarts containerd after `kill9`; returns when the CRI plugin has recovered its pods and answers. */
  async restart(): Promise<void> {
    await this.containerd.restart();
    this.#client[Symbol.dispose]();
    this.#client = new CriClient(this.containerd.address);
    await this.#ready();
  }

  /** Opens a separate connection to the shim that serves a container or a pod. */
  connectShim(id: string): Promise<TaskClient> {
    const { address, version } = this.containerd.shimEndpoint(id, criNamespace);
    return TaskClient.connect(address, version);
  }

  /**
   * Returns the traces of a container or a pod in the state of containerd and of the OCI runtime; `[]` if there are
   * none.
   */
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
      await runCommand("/bin/busybox", ["ip", "link", "delete", bridge]); // the plugin does not delete it
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
    await until(async () => (await this.call("Status", {})) !== undefined, "the CRI plugin answers");
  }
}

// Lowering an OOM score, as pods request, needs CAP_SYS_RESOURCE. Without it no process may do so.
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

/** Tables that make the runtime under test the default for pods. */
export const defaultRuntime: string = `[plugins."io.containerd.grpc.v1.cri".containerd]
  default_runtime_name = "dunnage"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.dunnage]
  runtime_type = "${runtimeUnderTest}"
`;

/**
 * Returns a network of pods on a bridge without an address, so the host's own network does not change.
 * @see https://www.cni.dev/plugins/current/main/bridge/
 */
function networkConfig(dir: string): unknown {
  const ipam = { type: "host-local", subnet: podSubnet, dataDir: join(dir, "ipam") };
  return { cniVersion: "0.4.0", name: "pods", plugins: [{ type: "bridge", bridge, isGateway: false, ipam }] };
}
