/** Returns whether all of `outputs` resolve with true within the time. They never reject. */
export async function finishedWithin(outputs: readonly Promise<boolean>[], timeoutMs: number): Promise<boolean> {
  const finished = Promise.all(outputs);
  const timeout = Promise.withResolvers<false>();
  const timer = setTimeout(timeout.resolve, timeoutMs, false);
  try {
    return await Promise.race([finished.then((all) => all.every(Boolean)), timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}
