/** The metadata of a request: keys in lower case, the values of a key in wire order. */
export type Metadata = ReadonlyMap<string, readonly string[]>;

/** Empty metadata, shared: a request without metadata needs no map of its own. */
export const noMetadata: Metadata = new Map();

/** Converts the object form that callers write. Keys become lower case, since Go's lookup finds no others. */
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
