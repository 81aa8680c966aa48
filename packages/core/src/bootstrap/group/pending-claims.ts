import { identityText } from "../../hooks/loader/file-identity.ts";
import { type Claims, claimFreshMs } from "./claims.ts";

/** After this time a claim without a container is removed, so that failing starts do not fill the directory. */
const claimKeptMs = 3_600_000;

/**
 * The claims on a daemon whose containers have not arrived yet. Each has an age: the time since the daemon first saw
 * it, by a monotonic clock.
 */
export class PendingClaims {
  readonly #claims: Claims;
  readonly #now: () => number;
  readonly #seen = new Map<string, { readonly identity: string; readonly sinceMs: number }>();

  /** `now`: a monotonic clock, in ms. Default: that of the process. */
  constructor(claims: Claims, now: () => number = () => performance.now()) {
    this.#claims = claims;
    this.#now = now;
  }

  /**
   * Returns the number of containers that may still arrive. A claim counts for a minute: containerd executes no
   * `delete` after a `start` that failed, so the claim of such a container stays. A claim that is left again counts
   * anew.
   */
  count(hasContainer: (id: string) => boolean): number {
    const waiting = this.#claims.ids().filter((id) => !hasContainer(id));
    const isWaiting = new Set(waiting);
    for (const id of this.#seen.keys()) if (!isWaiting.has(id)) this.#seen.delete(id);
    return waiting.filter((id) => this.#isFresh(id)).length;
  }

  #isFresh(id: string): boolean {
    const identity = identityText(this.#claims.identity(id));
    const seen = this.#seen.get(id);
    if (seen?.identity !== identity) this.#seen.set(id, { identity, sinceMs: this.#now() });
    const ageMs = this.#now() - (this.#seen.get(id)?.sinceMs ?? 0);
    if (ageMs >= claimKeptMs) this.#claims.remove(id);
    return ageMs < claimFreshMs;
  }
}
