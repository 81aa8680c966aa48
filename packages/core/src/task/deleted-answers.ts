import type { wire } from "../proto/gen/wire.js";

type Answer = wire.DeleteResponse.$Properties;

/** Most answers that are kept: more than the calls that can be in flight when a process dies. */
const maxAnswers = 1_024;

/**
 * The answers to the last Deletes. A Delete that is sent again, because a process died before its answer reached the
 * client, finds nothing to delete: it is answered from here.
 */
export class DeletedAnswers {
  readonly #answers = new Map<string, Answer>();

  add(id: string, execId: string, answer: Answer): void {
    const key = keyOf(id, execId);
    this.#answers.delete(key);
    this.#answers.set(key, answer);
    const [oldest] = this.#answers.keys();
    if (oldest !== undefined && this.#answers.size > maxAnswers) this.#answers.delete(oldest);
  }

  find(id: string, execId: string): Answer | undefined {
    return this.#answers.get(keyOf(id, execId));
  }
}

/** Ids hold no slash. */
const keyOf = (id: string, execId: string): string => `${id}/${execId}`;
