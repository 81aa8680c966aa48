export { Code, StatusError } from "@dunnage/ttrpc";

// For plugins that replace a part of the daemon with a ContainerModule.
export { Tokens } from "./bootstrap/composition/tokens.ts";
export { removeCgroups } from "./cgroups/cgroup-cleanup.ts";
export type { Usage } from "./cgroups/metrics/usage.ts";
export {
  alreadyExists,
  failedPrecondition,
  invalidArgument,
  notFound,
  permissionDenied,
  unimplemented,
  unknown,
} from "./errors/errors.ts";
export { nearest, suggestion } from "./errors/nearest.ts";
export type { Publisher, TaskEvent } from "./events/publisher.ts";
// For authors of hooks and plugins.
export type {
  AdjustByStage,
  Adjusting,
  ProcessAdjust,
  ProcessTighten,
  ResourcesAdjust,
  ResourcesTighten,
  Rlimit,
  SignalAdjust,
  SpecAdjust,
  SpecTighten,
} from "./hooks/adjustment/adjust.ts";
export type { Adjustment, AdjustmentOp } from "./hooks/adjustment/adjustment.ts";
export { hideEnvironment } from "./hooks/event/environment.ts";
export type { ContainerKind, HookContainer, HookEvent, HookExit } from "./hooks/event/event.ts";
export { type MutableStage, type Stage, stages } from "./hooks/event/stages.ts";
export {
  type DenyCode,
  type DenyOptions,
  definePlugin,
  type Hook,
  type HookContext,
  type HookDefinition,
  type HookFunction,
  type HookMatch,
  type HookSettings,
  type Hooks,
  type MutatingContext,
  type MutatingHook,
  type Phase,
  type Plugin,
} from "./hooks/plugin/plugin.ts";
// For authors of runtimes.
export { openIo } from "./io/open-io.ts";
export type { OpenIo, OpenIoOptions } from "./io/open-io-options.ts";
export type { ProcessIo, ProcessStdio, StdioPaths } from "./io/process-io.ts";
export type { OpenIoDeps } from "./io/stream.ts";
export type { LogFields, Logger } from "./log/logger.ts";
export { onDeviceOf } from "./native/device-of.ts";
export { type ProcessStat, readProcess } from "./native/proc.ts";
export { type OciDialect, runcCreateArgs } from "./oci/dialect.ts";
export { allErrors, type LogRecord, lastError } from "./oci/log-records.ts";
export type { OciCall, OciCommandLine, OciOutcome } from "./oci/oci-command.ts";
export { OciRuntime } from "./oci/oci-runtime.ts";
export { execInternalPidFile, execPidFile, execProcessFile, initPidFile, readPidFile } from "./oci/pid-file.ts";
export type { Command, CommandResult, CommandRunner, LongCommand } from "./reaper/command.ts";
export type { Exit, ExitListener } from "./reaper/exit.ts";
export { defineRuntime, type RuntimeDeps, type RuntimeFactory } from "./runtime/define.ts";
export { defaultOptions, type RuntimeOptions } from "./runtime/options.ts";
export type {
  CheckpointRequest,
  ContainerRef,
  Created,
  CreateRequest,
  ExecKillRequest,
  ExecRequest,
  InitExit,
  KillRequest,
  RestoreRequest,
  Runtime,
} from "./runtime/runtime.ts";
export type { SchemaIssue, SchemaResult, StandardSchema } from "./runtime/standard-schema.ts";
export { type OciMount, type OciNamespace, type OciProcess, type OciSpec, readSpec } from "./spec/bundle.ts";
export { formatExactJson } from "./spec/exact-json.ts";
export { writePrivateFile } from "./spec/write-file.ts";
