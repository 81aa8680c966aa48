/**
 * Which members of pods have been started: runsc waits for none that has not.
 * Entries live from create to delete.
 */
export class MemberStarts {
  readonly #pending = new Map<string, PromiseWithResolvers<boolean>>();

  created(id: string): void {
    this.#pending.set(id, Promise.withResolvers());
  }

  started(id: string): void {
    this.#pending.get(id)?.resolve(true);
  }

  deleted(id: string): void {
    this.#pending.get(id)?.resolve(false);
    this.#pending.delete(id);
  }

  /** True once the member has been started, false when it was deleted before. */
  async isStarted(id: string): Promise<boolean> {
    return (await this.#pending.get(id)?.promise) ?? true;
  }
}
