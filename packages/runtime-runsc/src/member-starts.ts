/**
 * Records which pod members have been started: runsc cannot wait for a member that has not been started.
 * An entry lives from create to delete.
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

  /** Resolves to true once the member has been started, to false if it was deleted before that. */
  async isStarted(id: string): Promise<boolean> {
    return (await this.#pending.get(id)?.promise) ?? true;
  }
}
