/** Settles when all promises have settled, or when `signal` aborts. */
export async function settledOrAborted(
  promises: Iterable<Promise<unknown> | undefined>,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = (): void => resolve();
  signal.addEventListener("abort", onAbort, { once: true });
  await Promise.race([Promise.allSettled(promises), promise]);
  signal.removeEventListener("abort", onAbort);
}
