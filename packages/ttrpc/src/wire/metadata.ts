/** What travels beside a request: keys in lower case, values of one key in the order of the wire. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

/** No metadata; shared, so that a request without any costs no map. */
export const noMetadata: Metadata = new Map();

/** Converts the object form that callers write; keys are put in lower case, since Go's look-up finds no others. */
export function toMetadata(entries: Record<string, string | readonly string[]> | undefined): Metadata {
  if (entries === undefined) return noMetadata;
  const metadata = new Map<string, string[]>();
  for (const [key, value] of Object.entries(entries)) {
    for (const one of typeof value === "string" ? [value] : value) addMetadata(metadata, key, one);
  }
  return metadata;
}

/** Appends one value; `key` may have any case. */
export function addMetadata(metadata: Map<string, string[]>, key: string, value: string): void {
  const lower = key.toLowerCase();
  const values = metadata.get(lower);
  if (values === undefined) metadata.set(lower, [value]);
  else values.push(value);
}
