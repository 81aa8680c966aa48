// For tests of a runtime.
export { TaskClient } from "../client/task-client.ts";
export { OciBundle, type OciBundleOptions, writeBusybox } from "./bundle/oci-bundle.ts";
export { ClientStreams, type StdioFields, type StreamsOptions } from "./containerd/client-streams.ts";
export { EventService, type SeenEvent } from "./containerd/event-service.ts";
export { FakeContainerd, type Launchers } from "./containerd/fake-containerd.ts";
export type { Dialect, Invocation, Outcome } from "./containerd/invocation.ts";
export { type Refusal, refusal } from "./containerd/refusal.ts";
export { type ContractOptions, type DeclareTest, runtimeContract } from "./contract/contract.ts";
export { fakeRuntime } from "./fake-runtime.ts";
export { type Programs, shellPrograms } from "./programs.ts";
export { TempDir } from "./temp-dir.ts";
export { type RuntimeUnderTest, TestDaemon } from "./test-daemon.ts";
export { TestExec, TestTask, type TestTaskOptions } from "./test-task.ts";
export { until } from "./until.ts";
