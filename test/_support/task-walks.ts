import { type CallName, callNames, knowsExecs } from "./task-calls.ts";
import { endExec, endInit, type Move, resume, type SituationName, situations } from "./task-situations.ts";

/** Calls that are made in one situation, one after the other. Only the last one may change the situation. */
export interface Stop {
  readonly situation: SituationName;
  /** `others`: all calls that no other stop in this situation names. */
  readonly calls: readonly CallName[] | "others";
}

/** The path of one container: stops, and moves where no call leads from one stop to the next. */
export type Walk = readonly [Stop, ...(Stop | Move)[]];

const ofContainers: Readonly<Record<string, Walk>> = {
  "container, from its creation to its deletion": [
    ...([others("unknown"), at("unknown", "create")] as const),
    ...[others("created"), at("created", "start")],
    ...[others("running"), at("running", "pause")],
    ...[others("paused"), at("paused", "resume"), endInit],
    ...[others("stopped"), at("stopped", "delete")],
    ...[others("deleted"), at("deleted", "create")],
  ],
  "created container that gets an exec": [at("created", "exec")],
  "running container that gets an exec": [at("running", "exec")],
  "created container that is deleted": [at("created", "delete")],
  "end of a shim without a container": [at("unknown", "shutdown")],
  "end of a shim whose container is deleted": [at("deleted", "shutdown")],
};

const ofExecs: Readonly<Record<string, Walk>> = {
  "exec, from its creation to its deletion": [
    ...([others("exec unknown"), at("exec unknown", "pause")] as const),
    ...[resume, at("exec unknown", "exec")],
    ...[others("exec created"), at("exec created", "pause"), resume, at("exec created", "start")],
    ...[others("exec running"), at("exec running", "pause")],
    ...[others("exec paused"), at("exec paused", "resume"), endExec],
    ...[others("exec stopped"), at("exec stopped", "pause"), resume, at("exec stopped", "delete")],
    ...[others("exec deleted"), at("exec deleted", "pause"), resume, at("exec deleted", "exec")],
    at("exec created", "delete"),
  ],
  "created exec of a stopped container": [
    others("exec created, init stopped"),
    at("exec created, init stopped", "delete"),
  ],
  "created exec of a stopped container, started": [at("exec created, init stopped", "start")],
  "stopped exec of a stopped container": [
    others("exec stopped, init stopped"),
    at("exec stopped, init stopped", "delete"),
  ],
  "exec that has failed to start": [
    ...([others("exec failed to start"), at("exec failed to start", "pause")] as const),
    ...[resume, at("exec failed to start", "delete")],
  ],
  "exec that has failed to start, started again": [at("exec failed to start", "start")],
  "running exec, started again": [at("exec running", "start")],
  "paused exec, started again": [at("exec paused", "start")],
};

/** The situations in which CRIU writes an image. The image does not include the exec. */
const checkpointable: readonly SituationName[] = [
  ...(["running", "paused", "exec unknown", "exec created", "exec running", "exec paused"] as const),
  ...(["exec stopped", "exec deleted", "exec failed to start"] as const),
];

/**
 * Walks that use CRIU, by name. CRIU reads cgroups of other containers, so none may be created or removed meanwhile.
 */
export const checkpointWalks: Readonly<Record<string, Walk>> = Object.fromEntries(
  checkpointable.map((situation): [string, Walk] => [
    nameCheckpoints(situation),
    [at(situation, "checkpoint"), at(situation, "checkpointWithExit")],
  ]),
);

/** All walks by name. Together they make every call in every situation exactly once. */
export const walks: Readonly<Record<string, Walk>> = { ...ofContainers, ...ofExecs, ...checkpointWalks };

const named = new Set(
  Object.values(walks)
    .flat()
    .flatMap((step) => {
      if (typeof step === "function" || step.calls === "others") return [];
      return step.calls.map((call) => nameCell(step.situation, call));
    }),
);

/** Every situation × call. Calls unrelated to execs are made only in the situations without an exec. */
export const cells: readonly string[] = (Object.keys(situations) as SituationName[]).flatMap((situation) =>
  callsIn(situation).map((call) => nameCell(situation, call)),
);

export function callsAt({ situation, calls }: Stop): readonly CallName[] {
  if (calls !== "others") return calls;
  return callsIn(situation).filter((call) => !named.has(nameCell(situation, call)));
}

export function nameCell(situation: SituationName, call: CallName): string {
  return `${situation} × ${call}`;
}

export function nameCheckpoints(situation: SituationName): string {
  return `checkpoints: ${situation}`;
}

function callsIn(situation: SituationName): readonly CallName[] {
  return callNames.filter((call) => !situation.startsWith("exec") || knowsExecs(call));
}

function at(situation: SituationName, ...calls: readonly CallName[]): Stop {
  return { situation, calls };
}

function others(situation: SituationName): Stop {
  return { situation, calls: "others" };
}
