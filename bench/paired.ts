/** Name of a variant of a measurement: `ours`, `go`, … */
export type Variant = string;

/** Figures of one variant over all rounds. */
export interface Series {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Median of the ratios to the first variant, round by round: noise longer than a round cancels out. */
  readonly ratio: number;
  /** First and third quartile of those ratios. */
  readonly quartiles: readonly [number, number];
}

/**
 * Runs every variant once per round, in alternating order, after one round that does not count. Returns the results of
 * `measure`.
 */
export async function measurePaired(
  variants: readonly Variant[],
  rounds: number,
  measure: (variant: Variant, round: number) => Promise<number>,
): Promise<ReadonlyMap<Variant, readonly number[]>> {
  const figures = new Map<Variant, number[]>(variants.map((variant) => [variant, []]));
  for (let round = -1; round < rounds; round++) {
    const order = round % 2 === 0 ? variants : variants.toReversed();
    for (const variant of order) {
      const figure = await measure(variant, round);
      if (round >= 0) figures.get(variant)?.push(figure);
    }
  }
  return figures;
}

/** Compares every variant with the first one. */
export function toSeries(figures: ReadonlyMap<Variant, readonly number[]>): ReadonlyMap<Variant, Series> {
  const [reference = []] = figures.values();
  return new Map([...figures].map(([variant, values]) => [variant, compare(values, reference)]));
}

function compare(values: readonly number[], reference: readonly number[]): Series {
  const ratios = values.map((value, round) => value / (reference[round] ?? Number.NaN));
  return {
    median: quantile(values, 0.5),
    min: Math.min(...values),
    max: Math.max(...values),
    ratio: quantile(ratios, 0.5),
    quartiles: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * q;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
