import { existsSync } from "node:fs";
import { join } from "node:path";
import { ClosedError, StatusError } from "../../packages/ttrpc/src/index.ts";
import { toOciSpec } from "./bundle.ts";
import type { Containerd } from "./containerd.ts";
import type { CtrEvents } from "./ctr-events.ts";
import { DirectShim, sharedRootfs } from "./direct-shim.ts";
import { type CallName, calls, isCheckpoint, type Target, toImagePath } from "./task-calls.ts";
import { type SituationName, situations, sleeper } from "./task-situations.ts";
import { callsAt, nameCell, type Stop, type Walk } from "./task-walks.ts";
import { until } from "./until.ts";

/**
 * What a client sees of one call. Values that vary by chance are omitted; `ID` and `DIR` replace the names of the run.
 */
interface Outcome {
  /** The response, or code and message. */
  readonly answer: string;
  /**
   * What State answers about the process afterwards: its status, or code and message. Missing if the shim has exited.
   */
  readonly state?: string;
  /** What Checkpoint wrote. */
  readonly image?: "image" | "directory" | "nothing";
}

/** What a client sees of a whole walk. */
interface Whole {
  /** Calls that changed the situation although more calls followed in it. */
  readonly strays?: readonly string[];
  /**
   * Topic, exec and exit status of every event of the container, from its creation to its end, except those of
   * checkpoints; "connection lost" if the shim crashed.
   */
  readonly events?: readonly string[];
  /** Number of checkpoint events. They are counted apart because an exec may end before or after one of them. */
  readonly checkpoints?: number;
}

/** One row of the table. */
export type Row = Partial<Outcome> & Whole;

/** The rows of one walk: one per call, named situation × call, and one named after the walk. */
export type Rows = Readonly<Record<string, Row>>;

/** Takes a new container through a walk and ends it; returns the rows. */
export async function rowsOf(containerd: Containerd, events: CtrEvents, [name, walk]: [string, Walk]): Promise<Rows> {
  const spec = toOciSpec(sleeper, { root: sharedRootfs(containerd) });
  const id = name.replaceAll(/[^a-z]+/gi, "-");
  await using shim = await DirectShim.start(containerd, id, { spec });
  const [{ situation: first }] = walk;
  await situations[first](shim);
  const rows: Record<string, Row> = {};
  const strays: string[] = [];
  for (const step of walk) {
    if (typeof step === "function") await step(shim);
    else strays.push(...(await visit(shim, step, rows)));
  }
  if (Object.values(rows).at(-1)?.state === undefined) return rows; // the shim has exited
  await shim.end();
  if ((await answerOf(shim, async () => `${await shim.client.connect({ id })}`)) === lost) {
    return { ...rows, [name]: { strays, events: [lost], checkpoints: 0 } };
  }
  const creations = Number(first !== "unknown") + Object.keys(rows).filter((cell) => isCreation(cell, rows)).length;
  const all = await eventsOf(events, id, creations);
  const rest = all.filter((event) => event !== checkpointed);
  return { ...rows, [name]: { strays, events: rest, checkpoints: all.length - rest.length } };
}

/**
 * Makes the calls of a stop and adds their rows; returns the names of calls that changed the situation but should not
 * have.
 */
async function visit(shim: DirectShim, stop: Stop, rows: Record<string, Row>): Promise<readonly string[]> {
  const { situation } = stop;
  const target: Target = { id: shim.id, exec_id: situation.startsWith("exec") ? "x" : "" };
  const before = await stateOf(shim, target);
  const names: string[] = [];
  for (const call of callsAt(stop)) {
    const name = nameCell(situation, call);
    const answer = await answerOf(shim, () => calls[call](shim, target));
    rows[name] = { answer };
    if (endsShim(situation, call)) return [];
    const image = isCheckpoint(call) && { image: readImage(toImagePath(shim, call)) };
    rows[name] = { answer, state: await stateOf(shim, target), ...image };
    names.push(name);
  }
  return names.slice(0, -1).filter((name) => rows[name]?.state !== before);
}

const checkpointed = "/tasks/checkpointed";
const lost = "connection lost";

function endsShim(situation: SituationName, call: CallName): boolean {
  return call === "shutdown" && (situation === "unknown" || situation === "deleted");
}

function isCreation(cell: string, rows: Rows): boolean {
  return cell.endsWith("× create") && rows[cell]?.answer === "pid true";
}

function readImage(path: string): "image" | "directory" | "nothing" {
  if (!existsSync(path)) return "nothing";
  return existsSync(join(path, "inventory.img")) ? "image" : "directory";
}

function stateOf(shim: DirectShim, target: Target): Promise<string> {
  return answerOf(shim, async () => `status ${(await shim.client.state(target)).status}`);
}

async function answerOf({ id, root }: DirectShim, call: () => Promise<string>): Promise<string> {
  const answer = await call().catch((error: unknown) => {
    if (error instanceof ClosedError) return lost;
    if (StatusError.is(error)) return `code ${error.code}: ${error.message}`;
    throw error;
  });
  return answer.replaceAll(id, "ID").replaceAll(root, "DIR");
}

/** Returns all events, after waiting for the last one: the deletion for the last of that many creations. */
async function eventsOf(events: CtrEvents, id: string, creations: number): Promise<readonly string[]> {
  await until(() => {
    return events.of(id).filter(({ topic }) => topic === "/tasks/delete").length === creations;
  }, `${creations} deletions of ${id}`);
  return events.of(id).map(({ topic, fields }) => {
    const exec = fields["exec_id"] ?? (fields["id"] === id ? undefined : fields["id"]);
    return [topic, exec, fields["exit_status"]].filter((each) => each !== undefined).join(" ");
  });
}
