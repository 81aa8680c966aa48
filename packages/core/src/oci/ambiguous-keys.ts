/**
 * Names of the OCI runtime configuration that decide what a process may do. Runtimes written in Go match the keys of JSON
 * without regard to case, others do not: a key that differs from one of these in nothing but case would be read by one and
 * not by the other.
 * @see https://github.com/opencontainers/runtime-spec/blob/main/specs-go/config.go
 * @see https://pkg.go.dev/encoding/json#Unmarshal
 */
const names = `
  ociVersion process root hostname domainname mounts hooks annotations linux
  terminal consoleSize user args commandLine env cwd capabilities rlimits noNewPrivileges apparmorProfile oomScoreAdj
  scheduler selinuxLabel ioPriority execCPUAffinity height width uid gid umask additionalGids username
  bounding effective inheritable permitted ambient type hard soft path readonly
  destination source options uidMappings gidMappings containerID hostID size
  prestart createRuntime createContainer startContainer poststart poststop timeout
  sysctl resources cgroupsPath namespaces devices netDevices seccomp rootfsPropagation maskedPaths readonlyPaths
  mountLabel intelRdt personality timeOffsets memoryPolicy
  memory cpu pids blockIO hugepageLimits network rdma unified allow major minor access fileMode
  limit reservation swap kernel kernelTCP swappiness disableOOMKiller useHierarchy checkBeforeUpdate
  shares quota burst period realtimeRuntime realtimePeriod cpus mems idle
  weight leafWeight weightDevice throttleReadBpsDevice throttleWriteBpsDevice throttleReadIOPSDevice throttleWriteIOPSDevice
  defaultAction defaultErrnoRet architectures flags listenerPath listenerMetadata syscalls action errnoRet index value
  valueTwo op names name
`;

const known: ReadonlyMap<string, string> = new Map(
  names
    .trim()
    .split(/\s+/)
    .map((name) => [fold(name), name]),
);

/** Tables whose keys are the client's. */
const freeTables = new Set(["annotations", "sysctl", "unified"]);

/**
 * Finds a key that runtimes would read differently; returns where it stands, undefined if there is none. `value` is what
 * JSON.parse made of an OCI configuration or a part of it.
 */
export function findAmbiguousKey(value: unknown, path = ""): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, entry] of Object.entries(value)) {
    const here = `${path}/${key}`;
    const name = Array.isArray(value) ? undefined : known.get(fold(key));
    if (name !== undefined && name !== key) return here;
    const found = freeTables.has(key) ? undefined : findAmbiguousKey(entry, here);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Folds case as Go does: the long s and the Kelvin sign are an s and a k to it. */
function fold(key: string): string {
  return key.toUpperCase().toLowerCase();
}
