/** One entry of an archive. Directories and links have no content. */
export type TarEntry =
  | { readonly path: string; readonly type: "file"; readonly mode: number; readonly content: Uint8Array }
  | { readonly path: string; readonly type: "directory"; readonly mode: number }
  | { readonly path: string; readonly type: "symlink"; readonly target: string };

const blockSizeBytes = 512;
const typeFlag = { file: "0", symlink: "2", directory: "5" } as const;

/**
 * Encodes an archive with ustar headers, owner 0:0 and time 0. The same entries always give the same bytes.
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html
 */
export function encodeTar(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const content = entry.type === "file" ? entry.content : new Uint8Array();
    const padding = Buffer.alloc((blockSizeBytes - (content.length % blockSizeBytes)) % blockSizeBytes);
    return [encodeHeader(entry, content.length), content, padding];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSizeBytes)]);
}

function encodeHeader(entry: TarEntry, sizeBytes: number): Buffer {
  const header = Buffer.alloc(blockSizeBytes);
  if (Buffer.byteLength(entry.path) > 100) throw new Error(`${entry.path}: longer than a ustar name`);
  header.write(entry.path, 0);
  writeOctal(header.subarray(100, 108), entry.type === "symlink" ? 0o777 : entry.mode);
  writeOctal(header.subarray(108, 116), 0);
  writeOctal(header.subarray(116, 124), 0);
  writeOctal(header.subarray(124, 136), sizeBytes);
  writeOctal(header.subarray(136, 148), 0);
  header.write("        ", 148); // the checksum counts its own field as blanks
  header.write(typeFlag[entry.type], 156);
  if (entry.type === "symlink") header.write(entry.target, 157);
  header.write("ustar\x0000", 257);
  const checksum = header.reduce((sum, byte) => sum + byte, 0);
  writeOctal(header.subarray(148, 155), checksum);
  return header;
}

function writeOctal(field: Buffer, value: number): void {
  field.write(`${value.toString(8).padStart(field.length - 1, "0")}\0`);
}
