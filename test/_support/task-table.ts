import { existsSync } from "node:fs";
import { join } from "node:path";
import { ClosedError, StatusError } from "../../packages/ttrpc/src/index.ts";
import { toOciSpec } from "./bundle.ts";
import type { Containerd } from "./containerd.ts";
import type { CtrEvents } from "./ctr-events.ts";
import { DirectShim, sharedRootfs } from "./direct-shim.ts";
import { type CallName, calls, knowsExecs, type Target, toImagePath } from "./task-calls.ts";
import { type SituationName, situations, sleeper } from "./task-situations.ts";
import { until } from "./until.ts";

/** One line of the table. */
export interface Cell {
  readonly situation: SituationName;
  readonly call: CallName;
}

/** What a client sees of one call: without what differs by chance, and with `ID` and `DIR` for the names of the day. */
export interface Outcome {
  /** The response, or code and message. */
  readonly answer: string;
  /** What State tells of the process afterwards: its status, or code and message; empty after Shutdown. */
  readonly state: string;
  /**
   * Topic, exec and exit status of every event of the container, from its creation to its end, but for that of a checkpoint; none
   * after Shutdown, "connection lost" when the shim has crashed.
   */
  readonly events: readonly string[];
  /** What Checkpoint has written, and whether there was an event. An exec may end before that, or after it. */
  readonly checkpoint: `${"image" | "directory" | "nothing"}${"" | ", event"}`;
}

/** The lines of a call; what has nothing to do with execs is called only in the situations without one. */
export function linesOf(call: CallName): readonly Cell[] {
  return (Object.keys(situations) as SituationName[])
    .filter((situation) => !situation.startsWith("exec") || knowsExecs(call))
    .map((situation) => ({ situation, call }));
}

/** Brings a new container into a situation, makes one call and ends the container. */
export async function outcomeOf(containerd: Containerd, events: CtrEvents, cell: Cell): Promise<Outcome> {
  const { situation, call } = cell;
  const spec = toOciSpec(sleeper, { root: sharedRootfs(containerd) });
  const id = `${situation}-${call}`.replaceAll(/[^a-z]+/gi, "-");
  const target: Target = { id, exec_id: situation.startsWith("exec") ? "x" : "" };
  await using shim = await DirectShim.start(containerd, id, { spec });
  await situations[situation](shim);
  const answer = await answerOf(shim, () => calls[call](shim, target));
  if (call === "shutdown") return { answer, state: "", events: [], checkpoint: "nothing" };
  const state = await answerOf(shim, async () => `status ${(await shim.client.state(target)).status}`);
  await shim.end();
  const image = readImage(toImagePath(shim));
  if ((await answerOf(shim, async () => `${await shim.client.connect({ id })}`)) === lost)
    return { answer, state, events: [lost], checkpoint: image };
  const creations = Number(situation !== "unknown") + Number(call === "create" && answer === "pid true");
  const all = await eventsOf(events, id, creations);
  const others = all.filter((event) => event !== checkpointed);
  return { answer, state, events: others, checkpoint: others.length < all.length ? `${image}, event` : image };
}

const checkpointed = "/tasks/checkpointed";
const lost = "connection lost";

function readImage(path: string): "image" | "directory" | "nothing" {
  if (!existsSync(path)) return "nothing";
  return existsSync(join(path, "inventory.img")) ? "image" : "directory";
}

async function answerOf({ id, root }: DirectShim, call: () => Promise<string>): Promise<string> {
  const answer = await call().catch((error: unknown) => {
    if (error instanceof ClosedError) return lost;
    if (StatusError.is(error)) return `code ${error.code}: ${error.message}`;
    throw error;
  });
  return answer.replaceAll(id, "ID").replaceAll(root, "DIR");
}

/** Waits for the last of them: the deletion of what was created that many times. */
async function eventsOf(events: CtrEvents, id: string, creations: number): Promise<readonly string[]> {
  await until(`${creations} deletions of ${id}`, () => {
    return events.of(id).filter(({ topic }) => topic === "/tasks/delete").length === creations;
  });
  return events.of(id).map(({ topic, fields }) => {
    const exec = fields["exec_id"] ?? (fields["id"] === id ? undefined : fields["id"]);
    return [topic, exec, fields["exit_status"]].filter((each) => each !== undefined).join(" ");
  });
}
