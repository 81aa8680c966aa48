import { isDeepStrictEqual } from "node:util";
import { failedPrecondition } from "../../errors/errors.ts";
import type { Table } from "../../spec/table.ts";
import type { MutableStage } from "../event/stages.ts";
import { isCovered } from "../text.ts";
import { type Adjustment, type Change, parsePointer } from "./adjustment.ts";
import { isMentioned } from "./ceilings.ts";
import { findRule } from "./rules.ts";

export interface DraftOptions {
  /** What was tightened earlier in the container's life. The part that belongs to this stage applies from the start. */
  readonly inherited?: readonly Adjustment[];
  /** Prefixes of the only paths that can be adjusted. Default: those of the stage. */
  readonly within?: readonly string[];
}

/** The plugin whose adjustments are to be applied. */
export interface Writer {
  readonly plugin: string;
  /**
   * Paths of other plugins that it may override. A `*` at the end matches all paths with that prefix. Default: none.
   */
  readonly override?: readonly string[];
  /** Whether no other plugin may override what it has written. Default: false. */
  readonly locked?: boolean;
}

/**
 * What several plugins together make of one request. Each written path has one owner. If another plugin requests
 * something else there, that is a conflict. Tightening has no owner: it is applied again after every write, so its
 * order does not matter.
 */
export class Draft {
  readonly stage: MutableStage;
  readonly #changes: Change[] = [];
  readonly #locked = new Set<string>();
  readonly #inherited: readonly Adjustment[];
  readonly #within: readonly string[];
  #target: Table;

  /** `target` is not changed; the draft works on copies. */
  constructor(stage: MutableStage, target: Table, { inherited = [], within = pathsOf[stage] }: DraftOptions = {}) {
    this.stage = stage;
    this.#within = within;
    this.#inherited = inherited.filter(({ path }) => isBelow(pathsOf[stage], path));
    this.#target = this.#inherited.length === 0 ? target : structuredClone(target);
    for (const adjustment of this.#inherited) applyAdjustment(this.#target, adjustment, stage);
  }

  get target(): Table {
    return this.#target;
  }

  /** In the order in which they were applied. */
  get changes(): readonly Change[] {
    return this.#changes;
  }

  /**
   * Applies all adjustments of one hook, or none of them.
   * @throws {TypeError} there is no such adjustment, or its value is not valid.
   * @throws {StatusError} FailedPrecondition – another plugin has written the path, or it cannot be adjusted for this
   * container.
   */
  commit(writer: Writer, adjustments: readonly Adjustment[]): void {
    if (adjustments.length === 0) return;
    const { plugin, override = [], locked = false } = writer;
    const target = structuredClone(this.#target);
    const changes = adjustments.map((adjustment) => ({ ...adjustment, plugin }));
    for (const change of changes) {
      this.#require(change);
      const mayOverride = override.some((pattern) => isCovered(change.path, pattern));
      if (change.op !== "tighten") this.#own(change, mayOverride);
      applyAdjustment(target, change, this.stage);
    }
    for (const earlier of [...this.#inherited, ...this.#changes]) {
      if (earlier.op === "tighten") applyAdjustment(target, earlier, this.stage);
    }
    if (locked) this.#locked.add(plugin);
    this.#changes.push(...changes);
    this.#target = target;
  }

  #require({ op, path }: Change): void {
    if (!isBelow(pathsOf[this.stage], path)) throw new TypeError(`no hook of ${this.stage} can ${op} ${path}`);
    if (isBelow(this.#within, path)) return;
    throw failedPrecondition(
      `no hook can ${op} ${path} of this container, only what is below ${this.#within.join(", ")}`,
    );
  }

  #own(change: Change, mayOverride: boolean): void {
    const owner = this.#changes.find(
      (other) =>
        other.op !== "tighten" &&
        other.plugin !== change.plugin &&
        !(mayOverride && !this.#locked.has(other.plugin)) &&
        isOverlapping(other.path, change.path) &&
        !isSame(other, change),
    );
    if (owner === undefined) return;
    const holder = mayOverride ? `${owner.plugin}, which is locked,` : owner.plugin;
    throw failedPrecondition(
      `conflict: ${change.plugin} wants to ${change.op} ${change.path}, which ${holder} has ${owner.op === "set" ? "set" : "removed"}`,
    );
  }
}

/**
 * Prefixes of the paths that the hooks of a stage can adjust. The process of an exec is below `/process`, as in a
 * configuration.
 */
const pathsOf: Readonly<Record<MutableStage, readonly string[]>> = {
  preCreate: ["/process/", "/root/", "/mounts/", "/annotations/", "/linux/"],
  preExec: ["/process/"],
  preUpdate: ["/linux/resources/"],
  preKill: ["/signal"],
};

const isBelow = (prefixes: readonly string[], path: string): boolean =>
  prefixes.some((prefix) => path.startsWith(prefix));

/**
 * Applies one adjustment to `target`, which it changes.
 * @throws {TypeError} there is no such adjustment, or its value is not valid.
 */
function applyAdjustment(target: Table, { op, path, value }: Adjustment, stage: MutableStage): void {
  const steps = parsePointer(path);
  const apply = findRule(steps)?.[op];
  if (apply === undefined) throw new TypeError(`no hook can ${op} ${path}`);
  // A value that an update does not mention stays as it is. Setting it to the ceiling could raise it.
  if (op === "tighten" && stage === "preUpdate" && !isMentioned(target, steps)) return;
  apply(target, { key: steps.at(-1) ?? "", value, path });
}

const isSame = (a: Adjustment, b: Adjustment): boolean =>
  a.op === b.op && a.path === b.path && isDeepStrictEqual(a.value, b.value);

const isOverlapping = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
