import type { HookEvent } from "../event.ts";
import type { MutableStage } from "./adjust.ts";
import type { Draft } from "./draft.ts";
import type { Table } from "./table.ts";

/** What of a stage's event its hooks can change: as a draft has it, and as the event shows it. */
export interface MutablePart {
  toTarget(event: Fields): Table;
  view(draft: Draft): Table;
}

type Fields = HookEvent | Readonly<Record<string, unknown>>;

const field = (event: Fields, name: string): unknown => (event as Table)[name];

/** By stage. Paths of adjustments are those of the OCI configuration everywhere. */
export const mutableParts: Readonly<Record<MutableStage, MutablePart>> = {
  preCreate: {
    toTarget: (event) => field(event, "spec") as Table,
    view: ({ target }) => ({ spec: target }),
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
