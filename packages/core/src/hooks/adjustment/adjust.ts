import type { OciMount } from "../../spec/bundle.ts";
import type { MutableStage } from "../event/stages.ts";
import { type Adjustment, type AdjustmentOp, toPointer } from "./adjustment.ts";

/** Soft and hard limit of a resource such as `RLIMIT_NOFILE`. */
export interface Rlimit {
  readonly soft: number;
  readonly hard: number;
}

/** Accepts changes as data, as policies and hooks outside the daemon send them. */
export interface Adjusting {
  /** Requests any adjustment of the stage. */
  apply(adjustment: Adjustment): void;
}

/**
 * Changes to a process, init or exec. Each is recorded with the plugin that made it. None is applied if the hook fails.
 */
export interface ProcessAdjust extends Adjusting {
  setArgs(args: readonly string[]): void;
  setCwd(directory: string): void;
  setUser(user: {
    readonly uid: number;
    readonly gid: number;
    readonly additionalGids?: readonly number[];
    readonly umask?: number;
  }): void;
  setEnv(name: string, value: string): void;
  unsetEnv(name: string): void;
  setRlimit(type: string, limit: Rlimit): void;
  setApparmorProfile(profile: string): void;
  /** Removes rights. What is tightened at create also applies to every later exec. */
  readonly tighten: ProcessTighten;
}

export interface ProcessTighten {
  /**
   * Drops the capabilities in `drop` ("ALL": all of them), except those in `keep`. Names are with or without `CAP_`.
   */
  dropCapabilities(drop: readonly string[] | "ALL", keep?: readonly string[]): void;
  noNewPrivileges(): void;
  rlimit(type: string, limit: Rlimit): void;
}

/** Changes to resources, at create and at update. */
export interface ResourcesAdjust extends Adjusting {
  /** Sets one entry of `linux.resources`: `setResource("memory", "limit", 2 ** 29)`. */
  setResource(group: "memory" | "cpu" | "pids" | "blockIO" | "unified", key: string, value: unknown): void;
  /** Ceilings. What is set at create also applies to every later update. */
  readonly tighten: ResourcesTighten;
}

export interface ResourcesTighten {
  memoryMax(bytes: number): void;
  pidsMax(count: number): void;
  /** `quota` µs of CPU time in each `period` µs. */
  cpuMax(quota: number, period: number): void;
}

/** Changes to the OCI configuration, before the runtime reads it. */
export interface SpecAdjust extends ResourcesAdjust {
  readonly process: ProcessAdjust;
  setAnnotation(key: string, value: string): void;
  removeAnnotation(key: string): void;
  addMount(mount: OciMount): void;
  removeMount(destination: string): void;
  /** Adds a `linux.devices` entry. The rules of the device cgroup are separate: see `setDeviceRules`. */
  addDevice(device: {
    readonly path: string;
    readonly type: string;
    readonly major?: number;
    readonly minor?: number;
    readonly fileMode?: number;
  }): void;
  setDeviceRules(rules: readonly object[]): void;
  /** Replaces `linux.seccomp` with a whole object in OCI's form. */
  setSeccomp(profile: object): void;
  setSysctl(key: string, value: string): void;
  readonly tighten: SpecTighten;
}

export interface SpecTighten extends ResourcesTighten {
  readonlyRootfs(): void;
  /** Has no effect if nothing is mounted there. */
  mountReadonly(destination: string): void;
  maskPaths(paths: readonly string[]): void;
  readonlyPaths(paths: readonly string[]): void;
}

/** Changes to a signal. SIGKILL cannot be changed. */
export interface SignalAdjust extends Adjusting {
  setSignal(signal: number): void;
}

/** What a mutating hook can change, by stage. */
export interface AdjustByStage {
  readonly preCreate: SpecAdjust;
  readonly preExec: ProcessAdjust;
  readonly preUpdate: ResourcesAdjust;
  readonly preKill: SignalAdjust;
}

interface Note {
  (op: AdjustmentOp, steps: readonly string[], value?: unknown): void;
  readonly apply: (adjustment: Adjustment) => void;
}

/**
 * Returns the object that a hook of `stage` gets. The changes that the hook requests go to `note`. They are judged
 * after the hook has succeeded.
 */
export function toAdjust(stage: MutableStage, note: (adjustment: Adjustment) => void): AdjustByStage[MutableStage] {
  const apply = ({ op, path, value }: Adjustment): void =>
    note(value === undefined ? { op, path } : { op, path, value: structuredClone(value) });
  const noteOp: Note = Object.assign(
    (op: AdjustmentOp, steps: readonly string[], value?: unknown) => apply({ op, path: toPointer(...steps), value }),
    { apply },
  );
  switch (stage) {
    case "preCreate":
      return specAdjust(noteOp);
    case "preExec":
      return processAdjust(noteOp);
    case "preUpdate":
      return resourcesAdjust(noteOp);
    case "preKill":
      return { apply, setSignal: (signal) => noteOp("set", ["signal"], signal) };
  }
}

function processAdjust(note: Note): ProcessAdjust {
  return {
    apply: note.apply,
    setArgs: (args) => note("set", ["process", "args"], args),
    setCwd: (directory) => note("set", ["process", "cwd"], directory),
    setUser: (user) => note("set", ["process", "user"], user),
    setEnv: (name, value) => note("set", ["process", "env", name], value),
    unsetEnv: (name) => note("remove", ["process", "env", name]),
    setRlimit: (type, limit) => note("set", ["process", "rlimits", type], limit),
    setApparmorProfile: (profile) => note("set", ["process", "apparmorProfile"], profile),
    tighten: {
      dropCapabilities: (drop, keep = []) => note("tighten", ["process", "capabilities"], { drop, keep }),
      noNewPrivileges: () => note("tighten", ["process", "noNewPrivileges"], true),
      rlimit: (type, limit) => note("tighten", ["process", "rlimits", type], limit),
    },
  };
}

function resourcesAdjust(note: Note): ResourcesAdjust {
  return {
    apply: note.apply,
    setResource: (group, key, value) => note("set", ["linux", "resources", group, key], value),
    tighten: resourcesTighten(note),
  };
}

function resourcesTighten(note: Note): ResourcesTighten {
  return {
    memoryMax: (bytes) => note("tighten", ["linux", "resources", "memory", "limit"], bytes),
    pidsMax: (count) => note("tighten", ["linux", "resources", "pids", "limit"], count),
    cpuMax: (quota, period) => note("tighten", ["linux", "resources", "cpu"], { quota, period }),
  };
}

function specAdjust(note: Note): SpecAdjust {
  return {
    ...resourcesAdjust(note),
    process: processAdjust(note),
    setAnnotation: (key, value) => note("set", ["annotations", key], value),
    removeAnnotation: (key) => note("remove", ["annotations", key]),
    addMount: (mount) => note("set", ["mounts", mount.destination], mount),
    removeMount: (destination) => note("remove", ["mounts", destination]),
    addDevice: (device) => note("set", ["linux", "devices", device.path], device),
    setDeviceRules: (rules) => note("set", ["linux", "resources", "devices"], rules),
    setSeccomp: (profile) => note("set", ["linux", "seccomp"], profile),
    setSysctl: (key, value) => note("set", ["linux", "sysctl", key], value),
    tighten: {
      ...resourcesTighten(note),
      readonlyRootfs: () => note("tighten", ["root", "readonly"], true),
      mountReadonly: (destination) => note("tighten", ["mounts", destination], true),
      maskPaths: (paths) => note("tighten", ["linux", "maskedPaths"], paths),
      readonlyPaths: (paths) => note("tighten", ["linux", "readonlyPaths"], paths),
    },
  };
}
