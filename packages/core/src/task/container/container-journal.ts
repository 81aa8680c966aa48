import { JournalFile } from "../../journal/journal-file.ts";
import { formatExactJson, parseExactJson } from "../../spec/exact-json.ts";
import type { ContainerRecord } from "./container-record.ts";
import { type Fact, FoldedRecord } from "./fact.ts";

/** Space for the facts of the end of one process: they can be written when the file system is full. */
const endBytes = 1_024;
/** The journal is not rewritten below this length. */
const rewriteBytes = 256 * 1_024;

/** One record of the journal; `id` is the container's. */
type Entry =
  | { readonly id: string; readonly record: ContainerRecord }
  | { readonly id: string; readonly fact: Fact }
  | { readonly id: string; readonly isGone: true };

const codec = { format: formatExactJson, parse: parseExactJson };

/** A journal that was read. */
export interface OpenedContainers {
  readonly journal: ContainerJournal;
  /** The containers that were not deleted, in the order of their creation. */
  readonly records: readonly ContainerRecord[];
}

/**
 * What has happened to the containers of a group, in a file that outlives the process: from it another process can
 * rebuild each of them. A container is written whole once, then each fact as one record. The journal is rewritten when
 * more than half of it is history.
 */
export class ContainerJournal implements Disposable {
  readonly #file: JournalFile;
  /** What the records amount to, as they would be read. */
  readonly #records = new Map<string, FoldedRecord>();
  /** Length after the last rewrite. */
  #rewrittenBytes = 0;

  private constructor(file: JournalFile) {
    this.#file = file;
  }

  /** @throws as `JournalFile.open`. */
  static open(path: string): OpenedContainers {
    const { file, values } = JournalFile.open(path, codec);
    const journal = new ContainerJournal(file);
    for (const entry of values as readonly Entry[]) journal.#apply(entry);
    journal.#reserveEnds();
    return { journal, records: [...journal.#records.values()].map(({ record }) => record) };
  }

  /**
   * Writes a new container.
   * @throws The error of write(2), such as ENOSPC; then nothing was written.
   */
  created(record: ContainerRecord): void {
    this.#add({ id: record.ref.id, record });
  }

  /**
   * Writes a fact.
   * @throws The error of write(2), if an exec is added: then nothing was written. The facts of what has happened anyhow
   *   may use the space that is reserved for ends.
   */
  happened(id: string, fact: Fact): void {
    if (!this.#records.has(id)) return;
    if (fact.kind === "exec added") this.#add({ id, fact });
    else this.#write({ id, fact });
    if (fact.kind === "exec deleted") this.#file.reserve(-endBytes);
  }

  /** The container was deleted: no later process rebuilds it. */
  deleted(id: string): void {
    const folded = this.#records.get(id);
    if (folded === undefined) return;
    this.#write({ id, isGone: true });
    this.#file.reserve(-endBytes * folded.processes);
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
  }

  /** Reserves space for the ends of all processes, if there is any: those who came before may have used theirs. */
  #reserveEnds(): void {
    const processes = [...this.#records.values()].reduce((count, each) => count + each.processes, 0);
    try {
      this.#file.reserve(processes * endBytes);
    } catch {
      // The file system is full. What is claimed already can still be written.
    }
  }

  /** Writes an entry with a process whose end is still to come. */
  #add(entry: Entry): void {
    this.#file.reserve(endBytes);
    try {
      this.#file.append(entry);
    } catch (error) {
      this.#file.reserve(-endBytes);
      throw error;
    }
    this.#apply(entry);
    this.#rewriteIfOld();
  }

  #write(entry: Entry): void {
    this.#apply(entry);
    try {
      this.#file.append(entry);
    } catch {
      this.#file.appendReserved(entry);
    }
    this.#rewriteIfOld();
  }

  #apply(entry: Entry): void {
    const { id } = entry;
    if ("record" in entry) this.#records.set(id, new FoldedRecord(entry.record));
    else if ("isGone" in entry) this.#records.delete(id);
    else this.#records.get(id)?.add(entry.fact);
  }

  /** A rewrite that fails is tried again with the next record. */
  #rewriteIfOld(): void {
    if (this.#file.length < Math.max(rewriteBytes, 2 * this.#rewrittenBytes)) return;
    try {
      this.#file.rewrite([...this.#records].map(([id, { record }]): Entry => ({ id, record })));
      this.#rewrittenBytes = this.#file.length;
    } catch {
      // The old file stays in use.
    }
  }
}
