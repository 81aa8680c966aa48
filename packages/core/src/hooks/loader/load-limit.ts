/** Limits of one load. Defaults: 5 ticks of 1 s without progress, 30 ticks in all. */
export interface LoadLimits {
  readonly tickMs: number;
  readonly idleTicks: number;
  readonly totalTicks: number;
  /** Returns the CPU time that this process has used so far, in ms. */
  readonly cpuMs: () => number;
}

const defaults: LoadLimits = { tickMs: 1_000, idleTicks: 5, totalTicks: 30, cpuMs: processCpuMs };

/** A process that gets less CPU time than this share of a tick does not compute, even on an overloaded machine. */
const idleShare = 0.01;

/**
 * Resolves as `load` does. A module may wait for ever at its top level; then the caller must learn why there is no
 * plugin. The limit measures progress, which is CPU time, because a process on an overloaded machine is slow but does
 * not hang. A tick that is late counts once.
 * @throws {Error} no progress, or no end, within the limits.
 */
export async function withinLoadLimits<T>(load: Promise<T>, limits: LoadLimits = defaults): Promise<T> {
  const { tickMs, idleTicks, totalTicks, cpuMs } = limits;
  const late = Promise.withResolvers<never>();
  let [used, idle, total] = [cpuMs(), 0, 0];
  const tick = (): void => {
    const now = cpuMs();
    idle = now - used < tickMs * idleShare ? idle + 1 : 0;
    total += 1;
    used = now;
    if (idle >= idleTicks) late.reject(new Error(`the module waits: no progress for ${(idle * tickMs) / 1000} s`));
    else if (total >= totalTicks) late.reject(new Error(`the module did not load in ${(total * tickMs) / 1000} s`));
  };
  const timer = setInterval(tick, tickMs);
  try {
    return await Promise.race([load, late.promise]);
  } finally {
    clearInterval(timer);
  }
}

function processCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
