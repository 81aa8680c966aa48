import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { toSeries, type Variant } from "./paired.ts";

/** One row of the table: a measurement of several variants, the Go shim first. */
export interface Row {
  readonly what: string;
  readonly unit: string;
  /** The goal for our ratio, an upper bound. */
  readonly goal?: number;
  readonly figures: ReadonlyMap<Variant, readonly number[]>;
}

/** Prints a row. Called as soon as it is measured. */
export function printRow(row: Row): void {
  for (const [variant, series] of toSeries(row.figures)) {
    const { median, min, max, ratio, quartiles } = series;
    const range = `${number(median)} (${number(min)}–${number(max)}) ${row.unit}`;
    const against = Number.isNaN(ratio) ? "" : `${ratio.toFixed(2)} [${quartiles.map((q) => q.toFixed(2)).join(" ")}]`;
    const goal = variant.startsWith("go") || row.goal === undefined ? "" : `goal ≤ ${row.goal}`;
    console.log(
      [row.what.padEnd(44), variant.padEnd(9), range.padEnd(34), against.padEnd(20), goal].join(" ").trimEnd(),
    );
  }
}

/** Writes all figures to bench/results/, the newest also as `latest.json`. Returns the path of the file. */
export function writeReport(rows: readonly Row[], facts: Readonly<Record<string, string>>): string {
  const dir = join(import.meta.dirname, "results");
  mkdirSync(dir, { recursive: true });
  const measuredAt = new Date().toISOString();
  const text = JSON.stringify(
    { measuredAt, facts, rows: rows.map((row) => ({ ...row, figures: Object.fromEntries(row.figures) })) },
    undefined,
    2,
  );
  const file = join(dir, `${measuredAt.replaceAll(/[:.]/g, "-")}.json`);
  writeFileSync(file, text);
  writeFileSync(join(dir, "latest.json"), text);
  return file;
}

const number = (value: number): string => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
