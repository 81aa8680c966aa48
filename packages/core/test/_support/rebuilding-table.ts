import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatExactJson, parseExactJson } from "../../src/spec/exact-json.ts";
import { Container } from "../../src/task/container/container.ts";
import { ContainerJournal } from "../../src/task/container/container-journal.ts";
import type { ContainerRecord } from "../../src/task/container/container-record.ts";
import { ContainerTable } from "../../src/task/container/container-table.ts";
import { Process } from "../../src/task/container/process.ts";
import type { ProcessHandles } from "../../src/task/container/process-handles.ts";

/** Returns the container that another process would make of the record's bytes, with these live handles. */
export function rebuild({ record, handles }: Container, newHandles = handles): Container {
  const bytes = Buffer.from(formatExactJson(record));
  return Container.from(parseExactJson(bytes.toString()) as ContainerRecord, newHandles);
}

/**
 * A table that drops and rebuilds every container before every call, from the bytes of a journal to which each fact is
 * appended. The live handles are handed over. State that is neither in the journal nor in the handles is lost, and the
 * test that needs it fails.
 *
 * A call in flight, which another process would get again, continues: it holds a stand-in, which leads to the container
 * that was rebuilt last.
 */
export class RebuildingTable extends ContainerTable {
  readonly #dir = mkdtempSync(join(tmpdir(), "journal-"));
  readonly #path = join(this.#dir, "journal");
  readonly #journal = ContainerJournal.open(this.#path).journal;
  #isDisposed = false;
  readonly #containers = new Map<string, StandIn<Container>>();
  readonly #processes = new WeakMap<ProcessHandles, StandIn<Process>>();

  override find(id: string): Container | undefined {
    if (!this.#isDisposed) this.#rebuildAll();
    return super.find(id);
  }

  #rebuildAll(): void {
    const { journal, records } = ContainerJournal.open(this.#path);
    journal[Symbol.dispose]();
    if (records.length !== this.#containers.size) throw new Error("the journal has not the containers of the table");
    for (const record of records) this.#rebuild(record);
  }

  override commit(id: string, container: Container): Container {
    const standIn = new StandIn(container, (value) => this.#toStandIns(value));
    this.#containers.set(id, standIn);
    this.#journal.created(container.record);
    container.handles.listen((fact) => this.#journal.happened(id, fact));
    return super.commit(id, standIn.proxy);
  }

  override release(id: string): void {
    this.#containers.delete(id);
    this.#journal.deleted(id);
    super.release(id);
  }

  /** The journal stays open: a container that a test has left may still end. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    rmSync(this.#dir, { recursive: true });
  }

  #rebuild(record: ContainerRecord): void {
    const standIn = this.#containers.get(record.ref.id);
    if (standIn === undefined) throw new Error(`the journal has container ${record.ref.id}, which was deleted`);
    const container = Container.from(record, standIn.current.handles);
    standIn.current = container;
    for (const process of [container.init, ...container.execs]) {
      const known = this.#processes.get(process.handles);
      if (known !== undefined) known.current = process;
    }
  }

  /** Replaces processes that a container returns. */
  #toStandIns(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((each) => this.#toStandIns(each));
    if (!(value instanceof Process)) return value;
    const standIn = this.#processes.get(value.handles) ?? new StandIn(value);
    this.#processes.set(value.handles, standIn);
    return standIn.proxy;
  }
}

/** An object that passes everything on to another one, which can be exchanged. */
class StandIn<T extends object> {
  current: T;
  readonly proxy: T;

  /** @param convert what the other object returns */
  constructor(current: T, convert = (value: unknown): unknown => value) {
    this.current = current;
    this.proxy = new Proxy(current, {
      get: (_first, key) => {
        const value: unknown = Reflect.get(this.current, key, this.current);
        if (typeof value !== "function") return convert(value);
        return (...args: unknown[]) => convert(Reflect.apply(value, this.current, args));
      },
      set: () => {
        throw new TypeError("state is set from outside");
      },
    });
  }
}
