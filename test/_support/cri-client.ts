import { join } from "node:path";
import { Client, credentials } from "@grpc/grpc-js";
import { loadSync, type ServiceDefinition } from "@grpc/proto-loader";

/** A pod, with the fields that this project's `cri.proto` declares. */
export interface PodSandboxConfig {
  readonly metadata: { readonly name: string; readonly uid: string; readonly namespace: string };
  readonly hostname?: string;
  readonly log_directory: string;
  readonly linux: {
    readonly cgroup_parent: string;
    readonly security_context: { readonly namespace_options: NamespaceOption };
  };
}

export interface NamespaceOption {
  readonly network: "POD" | "NODE";
  readonly pid: "POD" | "CONTAINER";
  /** Default: the host's user namespace. */
  readonly userns_options?: UserNamespace;
}

/** The user namespace of a pod with `hostUsers: false`. */
export interface UserNamespace {
  readonly mode: "POD";
  readonly uids: readonly [IdMapping];
  readonly gids: readonly [IdMapping];
}

interface IdMapping {
  readonly host_id: number;
  readonly container_id: number;
  readonly length: number;
}

/**
 * What the plugin reports about a handler since containerd 2.0. The source is the features that the handler's shim
 * announces.
 */
export interface RuntimeHandler {
  readonly name: string;
  readonly features: { readonly user_namespaces: boolean };
}

/** Resources of a container; 0 means no limit, or that the current limit stays. */
export interface LinuxContainerResources {
  readonly memory_limit_in_bytes?: number;
}

export interface ContainerStatus {
  readonly state: "CONTAINER_CREATED" | "CONTAINER_RUNNING" | "CONTAINER_EXITED" | "CONTAINER_UNKNOWN";
  readonly exit_code: number;
  readonly reason: string;
}

export interface ExecResult {
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly exit_code: number;
}

export interface ContainerStats {
  readonly cpu: { readonly timestamp: number; readonly usage_core_nano_seconds: { readonly value: number } };
  readonly memory: { readonly working_set_bytes: { readonly value: number } };
}

type Nothing = Readonly<Record<never, never>>;
type PodId = { readonly pod_sandbox_id: string };
type ContainerId = { readonly container_id: string };
type Command = ContainerId & { readonly cmd: readonly string[] };

type Streams = {
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
};

/** Request and response types of each call. */
interface Calls {
  Status: [Nothing, { readonly runtime_handlers: readonly RuntimeHandler[] }];
  RunPodSandbox: [{ readonly config: PodSandboxConfig; readonly runtime_handler?: string }, PodId];
  StopPodSandbox: [PodId, Nothing];
  RemovePodSandbox: [PodId, Nothing];
  PodSandboxStatus: [PodId, { readonly status: { readonly state: string; readonly network: { readonly ip: string } } }];
  ListPodSandbox: [Nothing, { readonly items: readonly { readonly id: string }[] }];
  CreateContainer: [PodId & { readonly config: unknown; readonly sandbox_config: PodSandboxConfig }, ContainerId];
  StartContainer: [ContainerId, Nothing];
  StopContainer: [ContainerId & { readonly timeout: number }, Nothing];
  RemoveContainer: [ContainerId, Nothing];
  ListContainers: [Nothing, { readonly containers: readonly { readonly id: string }[] }];
  ContainerStatus: [ContainerId, { readonly status: ContainerStatus }];
  UpdateContainerResources: [ContainerId & { readonly linux: LinuxContainerResources }, Nothing];
  CheckpointContainer: [ContainerId & { readonly location: string }, Nothing];
  ExecSync: [Command & { readonly timeout: number }, ExecResult];
  Exec: [Command & Streams, { readonly url: string }];
  ContainerStats: [ContainerId, { readonly stats: ContainerStats }];
}

const loading = { keepCase: true, longs: Number, enums: String, defaults: true };

/** A client of containerd's CRI plugin, as the kubelet is. @see test/_support/cri.proto */
export class CriClient implements Disposable {
  readonly #client: Client;
  readonly #service: ServiceDefinition;

  constructor(address: string) {
    const definition = loadSync(join(import.meta.dirname, "cri.proto"), loading);
    this.#service = definition["runtime.v1.RuntimeService"] as ServiceDefinition;
    this.#client = new Client(`unix://${address}`, credentials.createInsecure());
  }

  /** Makes a call. @throws {ServiceError} of gRPC, also if there is no answer within a minute. */
  call<Name extends keyof Calls>(name: Name, request: Calls[Name][0]): Promise<Calls[Name][1]> {
    const method = this.#service[name];
    if (method === undefined) throw new Error(`cri.proto lacks ${name}`);
    const { path, requestSerialize, responseDeserialize } = method;
    const answered = Promise.withResolvers<Calls[Name][1]>();
    const deadline = Date.now() + 60_000;
    this.#client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize,
      request,
      { deadline },
      (error, response) => (error ? answered.reject(error) : answered.resolve(response as Calls[Name][1])),
    );
    return answered.promise;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
