import type { Table } from "../../spec/table.ts";
import type { HookEvent } from "../event/event.ts";
import type { MutableStage } from "../event/stages.ts";
import type { Adjustment } from "./adjustment.ts";
import { Draft } from "./draft.ts";

/** The part of a stage's event that its hooks can change: as a draft holds it, and as the event shows it. */
export interface MutablePart {
  toTarget(event: Fields): Table;
  view(draft: Draft): Table;
  /** Prefixes of the paths that can be changed, if not all of the part can. */
  within?(event: Fields): readonly string[] | undefined;
}

type Fields = HookEvent | Readonly<Record<string, unknown>>;

const field = (event: Fields, name: string): unknown => (event as Table)[name];

/** What hooks can change of a restored container. The rest is in its image, including the rights of its processes. */
const restorable = ["/annotations/", "/linux/resources/"];

/** The mutable part of each stage. Paths of adjustments are those of the OCI configuration in every stage. */
export const mutableParts: Readonly<Record<MutableStage, MutablePart>> = {
  preCreate: {
    toTarget: (event) => field(event, "spec") as Table,
    view: ({ target }) => ({ spec: target }),
    within: (event) => (field(event, "restoreFrom") ? restorable : undefined),
  },
  preExec: {
    toTarget: (event) => ({ process: field(event, "process") }),
    view: ({ target }) => ({ process: target["process"] }),
  },
  preUpdate: {
    toTarget: (event) => ({ linux: { resources: field(event, "resources") } }),
    view: ({ target }) => ({ resources: (target["linux"] as Table)["resources"] }),
  },
  preKill: {
    toTarget: (event) => ({ signal: field(event, "signal") }),
    view: ({ target }) => ({ signal: target["signal"] }),
  },
};

/**
 * Returns a draft of what the hooks of `stage` can change of an event with these fields. `inherited`: as in
 * DraftOptions.
 */
export function toDraft(stage: MutableStage, fields: Fields, inherited: readonly Adjustment[] = []): Draft {
  const part = mutableParts[stage];
  const within = part.within?.(fields);
  return new Draft(stage, part.toTarget(fields), { inherited, ...(within === undefined ? {} : { within }) });
}
