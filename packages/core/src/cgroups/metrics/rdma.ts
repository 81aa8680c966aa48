/** Usage or limit of one RDMA device: handles and objects of its host channel adapter. */
export interface RdmaEntry {
  readonly device: string;
  readonly hca_handles: number;
  readonly hca_objects: number;
}

const unlimited = 0xffff_ffff;

/** Parses rdma.current or rdma.max, `DEVICE hca_handle=N hca_object=N` per line; "max" is 2^32 − 1. */
export function parseRdma(text: string | undefined): RdmaEntry[] {
  const lines = (text ?? "").split("\n").map((line) => line.trim().split(/\s+/));
  return lines
    .filter((words) => words.length === 3)
    .map(([device = "", ...pairs]) => {
      const values = new Map(pairs.map((pair) => pair.split("=", 2) as [string, string]));
      return {
        device,
        hca_handles: toUint32(values.get("hca_handle")),
        hca_objects: toUint32(values.get("hca_object")),
      };
    });
}

function toUint32(text: string | undefined): number {
  if (text === "max") return unlimited;
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 && value <= unlimited ? value : 0;
}
