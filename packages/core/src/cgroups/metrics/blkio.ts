import type { cgroups1 } from "../../proto/gen/metrics.js";
import { parseUint64, type ReadFile } from "./stat-files.ts";

type Entries = cgroups1.BlkIOEntry.$Properties[];
type Field = keyof typeof schedulerFiles;

/** Files of I/O schedulers that account by cgroup. */
const schedulerFiles = {
  io_service_bytes_recursive: "blkio.io_service_bytes_recursive",
  io_serviced_recursive: "blkio.io_serviced_recursive",
  io_queued_recursive: "blkio.io_queued_recursive",
  io_service_time_recursive: "blkio.io_service_time_recursive",
  io_wait_time_recursive: "blkio.io_wait_time_recursive",
  io_merged_recursive: "blkio.io_merged_recursive",
  io_time_recursive: "blkio.time_recursive",
  sectors_recursive: "blkio.sectors_recursive",
} as const;
/** Files of the throttling layer, which every kernel has. They are used if the scheduler accounts nothing. */
const throttleFiles = {
  io_service_bytes_recursive: "blkio.throttle.io_service_bytes",
  io_serviced_recursive: "blkio.throttle.io_serviced",
} as const;

/** Reads the block I/O of a cgroup v1. @see https://github.com/containerd/cgroups/blob/main/cgroup1/blkio.go */
export function parseBlkio(read: ReadFile, partitions: string | undefined): cgroups1.BlkIOStat.$Properties {
  const devices = parsePartitions(partitions);
  const readAll = (files: Partial<Record<Field, string>>): Partial<Record<Field, Entries>> => {
    const entries = Object.entries(files).map(([field, file]) => [field, parseEntries(read(file), devices)]);
    return Object.fromEntries(entries) as Partial<Record<Field, Entries>>;
  };
  if (read(schedulerFiles.io_serviced_recursive) === undefined) return readAll(throttleFiles);
  const scheduled = readAll(schedulerFiles);
  return Object.values(scheduled).some((entries) => entries.length > 0) ? scheduled : readAll(throttleFiles);
}

/** `MAJOR:MINOR [OPERATION] VALUE` per line; the last one, the total, has no device. */
function parseEntries(text: string | undefined, devices: ReadonlyMap<string, string>): Entries {
  return (text ?? "").split("\n").flatMap((line) => {
    const [device = "", ...rest] = line.split(" ");
    const [major, minor] = device.split(":");
    if (minor === undefined || rest.length < 1) return [];
    const op = rest.length > 1 ? (rest[0] ?? "") : "";
    const numbers = { major: parseUint64(major), minor: parseUint64(minor), value: parseUint64(rest.at(-1)) };
    return [{ op, device: devices.get(device) ?? "", ...numbers }];
  });
}

/** Columns: major minor blocks name. If a device has several names, the first one counts. */
function parsePartitions(text: string | undefined): Map<string, string> {
  const rows = (text ?? "").split("\n").map((line) => line.trim().split(/\s+/));
  const devices = rows.filter(([major]) => major !== undefined && /^\d+$/.test(major));
  return new Map(devices.toReversed().map(([major, minor, , name]) => [`${major}:${minor}`, `/dev/${name}`]));
}
