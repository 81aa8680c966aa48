const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const form = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/;
const part = /(\d+(?:\.\d+)?)(ms|s|m|h)/g;
// Node fires longer timers at once.
const maxMs = 2 ** 31 - 1;

/**
 * Converts `30s`, `1m30s`, `1.5h` or `250ms` to milliseconds; undefined if `text` is not a duration, or over 24 days.
 */
export function parseDuration(text: string): number | undefined {
  if (!form.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit = ""] of text.matchAll(part)) ms += Number(count) * (unitMs[unit] ?? 0);
  return ms <= maxMs ? Math.round(ms) : undefined;
}
