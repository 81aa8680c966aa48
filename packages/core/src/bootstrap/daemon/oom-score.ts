import { readFileSync, writeFileSync } from "node:fs";
import type { Logger } from "../../log/logger.ts";

const file = "/proc/self/oom_score_adj";
const maxScore = 1000;

/**
 * Raises the daemon's OOM score by one above the score that it inherited from containerd, so that the kernel kills the
 * daemon rather than containerd.
 * @see https://github.com/containerd/containerd/blob/main/pkg/shim/util_unix.go AdjustOOMScore
 */
export function adjustOomScore(log: Logger): void {
  try {
    const score = Number.parseInt(readFileSync(file, "utf8"), 10);
    if (score < maxScore) writeFileSync(file, String(score + 1));
  } catch (error) {
    log.warn("oom score not adjusted", { error });
  }
}
