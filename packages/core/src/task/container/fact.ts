import type { ContainerRecord, OwnRecord } from "./container-record.ts";
import type { ProcessRecord } from "./process-record.ts";

/** New values of some fields. Text cannot hold a field without a value, so these are listed. */
export interface Changes<T> {
  readonly set: Partial<T>;
  readonly unset?: readonly (keyof T)[];
}

/** One thing that has happened to a container, as plain data. */
export type Fact =
  | { readonly kind: "container"; readonly changes: Changes<OwnRecord> }
  | { readonly kind: "process"; readonly execId: string; readonly changes: Changes<ProcessRecord> }
  | { readonly kind: "exec added"; readonly exec: ProcessRecord }
  | { readonly kind: "exec deleted"; readonly execId: string };

/** Called with each fact, after the record has it. */
export type FactListener = (fact: Fact) => void;

/** Returns what `fields` change. */
export function toChanges<T extends object>(fields: Partial<T>): Changes<T> {
  const keys = Object.keys(fields) as (keyof T)[];
  const unset = keys.filter((key) => fields[key] === undefined);
  if (unset.length === 0) return { set: fields };
  const set = { ...fields };
  for (const key of unset) delete set[key];
  return { set, unset };
}

/** The record of a container, and what facts make of it. */
export class FoldedRecord {
  #own: OwnRecord;
  #init: ProcessRecord;
  readonly #execs: Map<string, ProcessRecord>;

  constructor({ init, execs, ...own }: ContainerRecord) {
    this.#own = own;
    this.#init = init;
    this.#execs = new Map(execs.map((exec) => [exec.execId, exec]));
  }

  get record(): ContainerRecord {
    return { ...this.#own, init: this.#init, execs: [...this.#execs.values()] };
  }

  /** Number of processes, init included. */
  get processes(): number {
    return 1 + this.#execs.size;
  }

  /** Adds a fact. One of an exec that was deleted changes nothing. */
  add(fact: Fact): void {
    if (fact.kind === "container") this.#own = applyChanges(this.#own, fact.changes);
    else if (fact.kind === "exec added") this.#execs.set(fact.exec.execId, fact.exec);
    else if (fact.kind === "exec deleted") this.#execs.delete(fact.execId);
    else if (fact.execId === "") this.#init = applyChanges(this.#init, fact.changes);
    else this.#addOfExec(fact.execId, fact.changes);
  }

  #addOfExec(execId: string, changes: Changes<ProcessRecord>): void {
    const exec = this.#execs.get(execId);
    if (exec !== undefined) this.#execs.set(execId, applyChanges(exec, changes));
  }
}

function applyChanges<T extends object>(record: T, { set, unset = [] }: Changes<T>): T {
  const changed = { ...record, ...set };
  for (const key of unset) delete changed[key];
  return changed;
}
