import { closeSync, constants, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { type Codec, decodeRecords, encodeRecord } from "./record.ts";

/** The first bytes of a journal: `DUNJRNL`, then the version of the format. */
const magic = Buffer.from("DUNJRNL\u0001", "latin1");
/** The file grows by this many zeros at a time. */
const chunkBytes = 64 * 1024;
const zeros = Buffer.alloc(chunkBytes);

const json: Codec = { format: JSON.stringify, parse: JSON.parse };

/** A file that is no journal of this format. It is left as it is. */
export class JournalFormatError extends Error {
  override readonly name = "JournalFormatError";
}

interface Opened {
  readonly fd: number;
  readonly end: number;
  readonly size: number;
}

/** A journal that was read. */
export interface OpenedJournal {
  readonly file: JournalFile;
  /** The values of its records, in the order of their appending. */
  readonly values: readonly unknown[];
}

/**
 * A file to which values are appended, one record each. A record is complete or does not count: if the writer dies
 * within a write, the next `open` drops what that write left.
 *
 * The file is as long as the space that is claimed for it, and zero behind its last record. So `reserve` holds: what is
 * reserved needs no space of the file system when it is written. Calls are synchronous: the file belongs in the
 * daemon's own directory, on a tmpfs. One process at a time writes it.
 */
export class JournalFile implements Disposable {
  readonly #path: string;
  readonly #codec: Codec;
  #fd: number;
  #end: number;
  #size: number;
  #reserved = 0;

  private constructor(path: string, codec: Codec, opened: Opened) {
    this.#path = path;
    this.#codec = codec;
    this.#fd = opened.fd;
    this.#end = opened.end;
    this.#size = opened.size;
  }

  /**
   * Opens the journal, and makes it if there is none.
   * @param codec – default: JSON.
   * @throws {JournalFormatError} Another format or version wrote the file, or it is none. Nothing was changed.
   * @throws The error of the system call, ENOSPC among them.
   */
  static open(path: string, codec = json): OpenedJournal {
    const fd = openSync(path, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
    try {
      const bytes = readAll(fd);
      if (isUnwritten(bytes)) writeAt(fd, magic, 0);
      else if (!bytes.subarray(0, magic.length).equals(magic)) throw new JournalFormatError(describe(path, bytes));
      const { texts, end } = decodeRecords(bytes, magic.length);
      clear(fd, bytes, end);
      const size = Math.max(bytes.length, magic.length);
      return { file: new JournalFile(path, codec, { fd, end, size }), values: texts.map((text) => codec.parse(text)) };
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Length of the records, in bytes. */
  get length(): number {
    return this.#end;
  }

  /**
   * Reserves `bytes` for `appendReserved`. A negative number gives back what is no longer needed.
   * @throws The error of write(2), such as ENOSPC; then nothing more is reserved.
   */
  reserve(bytes: number): void {
    if (bytes > 0) this.#grow(this.#end + this.#reserved + bytes);
    this.#reserved = Math.max(0, this.#reserved + bytes);
  }

  /**
   * Appends a value; the reserve is left as it is.
   * @throws {RangeError} The value is too long.
   * @throws The error of write(2), such as ENOSPC; then nothing was appended.
   */
  append(value: unknown): void {
    const record = this.#encode(value);
    this.#grow(this.#end + record.length + this.#reserved);
    this.#write(record);
  }

  /** As `append`, but from the reserve. It needs more space than is claimed only if the reserve was too small. */
  appendReserved(value: unknown): void {
    const record = this.#encode(value);
    this.#grow(this.#end + record.length);
    this.#write(record);
    this.#reserved = Math.max(0, this.#reserved - record.length);
  }

  /**
   * Replaces all records by those of `values`, in a new file that is renamed over the old one: a reader sees the old
   * records or the new ones.
   * @throws The error of the system call; then the old file is unchanged and stays in use.
   */
  rewrite(values: readonly unknown[]): void {
    const records = Buffer.concat([magic, ...values.map((value) => this.#encode(value))]);
    const temporary = `${this.#path}.tmp`;
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
    const fd = openSync(temporary, flags, 0o600);
    let size: number;
    try {
      writeAt(fd, records, 0);
      size = extend(fd, records.length, records.length + this.#reserved);
      renameSync(temporary, this.#path);
    } catch (error) {
      closeSync(fd);
      rmSync(temporary, { force: true });
      throw error;
    }
    closeSync(this.#fd);
    this.#fd = fd;
    this.#end = records.length;
    this.#size = size;
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }

  #encode(value: unknown): Buffer {
    return encodeRecord(this.#codec.format(value));
  }

  #grow(size: number): void {
    this.#size = extend(this.#fd, this.#size, size);
  }

  #write(record: Buffer): void {
    writeAt(this.#fd, record, this.#end);
    this.#end += record.length;
  }
}

/** Writes zeros from `size` on until the file has at least `wanted` bytes. Returns its new size. */
function extend(fd: number, size: number, wanted: number): number {
  let reached = size;
  while (reached < wanted) reached += writeAt(fd, zeros, reached);
  return reached;
}

/** Writes all of `bytes`. Returns their number. */
function writeAt(fd: number, bytes: Buffer, position: number): number {
  let written = 0;
  while (written < bytes.length) {
    written += writeSync(fd, bytes, written, bytes.length - written, position + written);
  }
  return written;
}

function readAll(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  let length = 0;
  for (let count = -1; count !== 0 && length < bytes.length; length += count) {
    count = readSync(fd, bytes, length, bytes.length - length, length);
  }
  return bytes.subarray(0, length);
}

/** Whether the file is new, or its writer died before the first bytes were complete. */
const isUnwritten = (bytes: Buffer): boolean =>
  bytes.length < magic.length && magic.subarray(0, bytes.length).equals(bytes);

/** Writes zeros over what follows the last complete record: a record of which only the beginning was written. */
function clear(fd: number, bytes: Buffer, end: number): void {
  const rest = bytes.subarray(end);
  if (rest.some((byte) => byte !== 0)) writeAt(fd, rest.fill(0), end);
}

function describe(path: string, bytes: Buffer): string {
  const isJournal = bytes.subarray(0, magic.length - 1).equals(magic.subarray(0, -1));
  if (!isJournal) return `${path} is not a journal`;
  return `${path} has version ${bytes[magic.length - 1]}, this build reads version ${magic.at(-1)}`;
}
