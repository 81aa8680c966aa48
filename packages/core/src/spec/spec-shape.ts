import { bool, list, object, type Problem, type Shape, ShapeCheck, table, text, whole } from "./shape.ts";

const i32 = whole(-(2 ** 31), 2 ** 31 - 1);
const u16 = whole(0, 2 ** 16 - 1);
const u32 = whole(0, 2 ** 32 - 1);
const i64 = whole(-(2n ** 63n), 2n ** 63n - 1n);
const u64 = whole(0, 2n ** 64n - 1n);
/**
 * The kernel does not take the largest number as an id: a process that should get it keeps its own, root's.
 * @see https://man7.org/linux/man-pages/man2/setresuid.2.html
 */
const id = whole(0, 2 ** 32 - 2);
const texts = list(text);
const idMappings = list(object({ containerID: u32, hostID: u32, size: u32 }));

const processShape = object({
  terminal: bool,
  consoleSize: object({ height: u32, width: u32 }),
  user: object({ uid: id, gid: id, umask: u32, additionalGids: list(id), username: text }),
  args: texts,
  commandLine: text,
  env: texts,
  cwd: text,
  capabilities: object({ bounding: texts, effective: texts, inheritable: texts, permitted: texts, ambient: texts }),
  rlimits: list(object({ type: text, hard: u64, soft: u64 }), "type"),
  noNewPrivileges: bool,
  apparmorProfile: text,
  oomScoreAdj: i32,
  scheduler: object({
    policy: text,
    nice: i32,
    priority: i32,
    flags: texts,
    runtime: u64,
    deadline: u64,
    period: u64,
  }),
  selinuxLabel: text,
  ioPriority: object({ class: text, priority: i32 }),
  execCPUAffinity: object({ initial: text, final: text }),
});

const throttle = list(object({ major: i64, minor: i64, rate: u64 }));

const resourcesShape = object({
  devices: list(object({ allow: bool, type: text, major: i64, minor: i64, access: text })),
  memory: object({
    limit: i64,
    reservation: i64,
    swap: i64,
    kernel: i64,
    kernelTCP: i64,
    swappiness: u64,
    disableOOMKiller: bool,
    useHierarchy: bool,
    checkBeforeUpdate: bool,
  }),
  cpu: object({
    shares: u64,
    quota: i64,
    burst: u64,
    period: u64,
    realtimeRuntime: i64,
    realtimePeriod: u64,
    cpus: text,
    mems: text,
    idle: i64,
  }),
  pids: object({ limit: i64 }),
  blockIO: object({
    weight: u16,
    leafWeight: u16,
    weightDevice: list(object({ major: i64, minor: i64, weight: u16, leafWeight: u16 })),
    throttleReadBpsDevice: throttle,
    throttleWriteBpsDevice: throttle,
    throttleReadIOPSDevice: throttle,
    throttleWriteIOPSDevice: throttle,
  }),
  hugepageLimits: list(object({ pageSize: text, limit: u64 })),
  network: object({ classID: u32, priorities: list(object({ name: text, priority: u32 })) }),
  rdma: table(object({ hcaHandles: u32, hcaObjects: u32 })),
  unified: table(text),
});

const seccomp = object({
  defaultAction: text,
  defaultErrnoRet: u32,
  architectures: texts,
  flags: texts,
  listenerPath: text,
  listenerMetadata: text,
  syscalls: list(
    object({
      names: texts,
      action: text,
      errnoRet: u32,
      args: list(object({ index: u32, value: u64, valueTwo: u64, op: text })),
    }),
  ),
});

const linux = object({
  uidMappings: idMappings,
  gidMappings: idMappings,
  sysctl: table(text),
  resources: resourcesShape,
  cgroupsPath: text,
  namespaces: list(object({ type: text, path: text }), "type"),
  devices: list(object({ path: text, type: text, major: i64, minor: i64, fileMode: u32, uid: id, gid: id })),
  netDevices: table(object({ name: text })),
  seccomp,
  rootfsPropagation: text,
  maskedPaths: texts,
  readonlyPaths: texts,
  mountLabel: text,
  intelRdt: object({
    closID: text,
    schemata: texts,
    l3CacheSchema: text,
    memBwSchema: text,
    enableCMT: bool,
    enableMBM: bool,
    enableMonitoring: bool,
  }),
  memoryPolicy: object({ mode: text, nodes: text, flags: texts }),
  personality: object({ domain: text, flags: texts }),
  timeOffsets: table(object({ secs: i64, nanosecs: u32 })),
});

const hooks = list(object({ path: text, args: texts, env: texts, timeout: i32 }));

const specShape = object({
  ociVersion: text,
  process: processShape,
  root: object({ path: text, readonly: bool }),
  hostname: text,
  domainname: text,
  mounts: list(
    object({
      destination: text,
      type: text,
      source: text,
      options: texts,
      uidMappings: idMappings,
      gidMappings: idMappings,
    }),
  ),
  hooks: object({
    prestart: hooks,
    createRuntime: hooks,
    createContainer: hooks,
    startContainer: hooks,
    poststart: hooks,
    poststop: hooks,
  }),
  annotations: table(text),
  linux,
});

/**
 * The whole OCI runtime configuration, and the parts of it that are sent on their own. Ranges are those that every
 * runtime can hold.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/specs-go/config.go
 */
const shapes = { spec: specShape, process: processShape, resources: resourcesShape } as const;

const check = new ShapeCheck(specShape);

/**
 * Makes sure that a part of an OCI configuration can be read in only one way. Anything that runtimes would read
 * differently is a problem: crun treats a quoted number as absent and ends strings at NUL, runc refuses both. Null
 * fields are deleted: every runtime treats them as absent.
 */
export function normalisePart(value: unknown, part: keyof typeof shapes): Problem | undefined {
  return check.normalise(value, shapes[part]);
}

/**
 * As `normalisePart`, for the value below `steps` in the whole configuration; a step into a list or table may have any
 * name.
 */
export function normaliseBelow(value: unknown, steps: readonly string[]): Problem | undefined {
  return check.normalise(value, steps.reduce(shapeBelow, specShape));
}

function shapeBelow(shape: Shape, step: string): Shape {
  if (shape.kind === "list" || shape.kind === "table") return shape.of;
  return (shape.kind === "object" && shape.fields.get(step)) || { kind: "anything" };
}
