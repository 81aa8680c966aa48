import { type Programs, shellPrograms } from "../programs.ts";
import { TestDaemon } from "../test-daemon.ts";
import { TestTask, type TestTaskOptions } from "../test-task.ts";
import type { Ability } from "./abilities.ts";
import type { ContractOptions } from "./contract.ts";

/** One test of the contract. */
export interface ContractCase {
  /** Subject – what is done – what must result. */
  readonly title: string;
  /** Abilities of the runtime that the case needs. */
  readonly ability?: Ability | readonly Ability[];
  /** Programs that the case needs in addition to `print` and `sleep`. */
  readonly programs?: readonly (keyof Programs)[];
  /**
   * The case needs no container except `sleeping`, and leaves it unchanged: consecutive cases of this kind share one
   * scene. Default: false.
   */
  readonly isShared?: boolean;
  run(scene: Scene): Promise<void>;
}

/**
 * What a case works with: a daemon and programs. When the scene is disposed, each of its containers is ended and its
 * removal is checked.
 */
export class Scene implements AsyncDisposable {
  readonly daemon: TestDaemon;
  readonly programs: Required<Programs>;
  readonly #options: ContractOptions;
  readonly #resources: AsyncDisposableStack;
  #sleeping: Promise<TestTask> | undefined;

  private constructor(daemon: TestDaemon, options: ContractOptions, resources: AsyncDisposableStack) {
    this.daemon = daemon;
    this.programs = options.programs === undefined ? shellPrograms : { ...shellPrograms, ...options.programs };
    this.#options = options;
    this.#resources = resources;
  }

  static async open(options: ContractOptions): Promise<Scene> {
    await using resources = new AsyncDisposableStack();
    const daemon = resources.use(await TestDaemon.open(options));
    return new Scene(daemon, options, resources.move());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }

  /** A container that does not exist yet. Default: it sleeps. */
  task(options: TestTaskOptions = {}): TestTask {
    const { rootfs } = this.#options;
    const args = this.programs.sleep();
    const task = new TestTask(this.daemon, { args, ...(rootfs === undefined ? {} : { rootfs }), ...options });
    return this.#resources.use(task);
  }

  /** A running container. */
  async running(options: TestTaskOptions = {}): Promise<TestTask> {
    const task = this.task(options);
    await task.run();
    return task;
  }

  /** The sleeping container: the same one at every call. */
  sleeping(): Promise<TestTask> {
    this.#sleeping ??= this.running();
    return this.#sleeping;
  }
}
