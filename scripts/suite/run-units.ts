import type { AvaResult } from "./ava-output.ts";
import type { Leg, Unit } from "./legs.ts";
import { runLeg } from "./run-leg.ts";
import { merge, toSecondAttempt } from "./second-attempt.ts";
import { type Places, runSideBySide } from "./side-by-side.ts";

/** If nothing is printed for this long, the run prints what is running. */
const heartbeatMs = 60_000;

/** The result of a unit. */
export interface UnitResult extends AvaResult {
  readonly leg: Leg;
  readonly seconds: number;
  /** Titles that failed at the first attempt and passed at the second one. */
  readonly unsteady: readonly string[];
}

/**
 * Runs units side by side, and prints the output of each when it has ended. A file with a failure runs once more at the
 * end, alone, because these are real programs on a busy machine, several thousand times. With `attempts` 1
 * there is no second attempt.
 */
export async function runUnits(
  units: readonly Unit[],
  { places, attempts }: { readonly places: Places; readonly attempts: number },
): Promise<readonly UnitResult[]> {
  const running = new Map<string, number>();
  const heartbeat = setInterval(() => console.log(`\n.. still running: ${formatRunning(running)}`), heartbeatMs);
  const print = (text: string): void => {
    console.log(text);
    heartbeat.refresh();
  };
  const results: UnitResult[] = [];
  try {
    await runSideBySide(units, places, async (unit) => {
      results.push(await runUnit(unit, { running, print }));
    });
    if (attempts < 2) return results;
    const again: UnitResult[] = [];
    for (const first of results) again.push(await runAgain(first, { running, print }));
    return again;
  } finally {
    clearInterval(heartbeat);
  }
}

/** The running units with their start times, and where output goes. */
interface Progress {
  readonly running: Map<string, number>;
  readonly print: (text: string) => void;
}

async function runUnit(
  { leg, isAlone }: Pick<Unit, "leg" | "isAlone">,
  { running, print }: Progress,
  note = "",
): Promise<UnitResult> {
  const name = nameOf(leg);
  const lines: string[] = [];
  const began = Date.now();
  running.set(name, began);
  if (isAlone) print(`\n== ${name}${note}`);
  const result = await runLeg(leg, (line) => (isAlone ? print(line) : lines.push(line)));
  running.delete(name);
  const seconds = Math.round((Date.now() - began) / 1000);
  if (!isAlone) print([`\n== ${name}: ${seconds} s`, ...lines].join("\n"));
  return { ...result, leg, seconds, unsteady: [] };
}

async function runAgain(first: UnitResult, progress: Progress): Promise<UnitResult> {
  const leg = toSecondAttempt(first.leg, first);
  if (leg === undefined) return first;
  const second = await runUnit({ leg, isAlone: true }, progress, ", second attempt");
  return {
    ...first,
    ...merge(first.leg, first, { ...second, files: leg.files }),
    seconds: first.seconds + second.seconds,
  };
}

/** Returns the slowest files of a run, one per line. */
export function formatSlowest(results: readonly UnitResult[], count = 10): string {
  const slowest = results.toSorted((a, b) => b.seconds - a.seconds).slice(0, count);
  return ["slowest:", ...slowest.map(({ leg, seconds }) => `  ${String(seconds).padStart(4)} s  ${nameOf(leg)}`)].join(
    "\n",
  );
}

function nameOf({ name, files }: Leg): string {
  return files.length === 1 ? `${name} › ${files[0]}` : `${name}: ${files.length} test files`;
}

function formatRunning(running: ReadonlyMap<string, number>): string {
  const parts = [...running].map(([name, began]) => `${name} (${Math.round((Date.now() - began) / 1000)} s)`);
  return parts.join(", ");
}
