import { type Programs, shellPrograms } from "../programs.ts";
import { TestDaemon } from "../test-daemon.ts";
import { TestTask, type TestTaskOptions } from "../test-task.ts";
import type { Ability } from "./abilities.ts";
import type { ContractOptions } from "./contract.ts";

/** One test of the contract. */
export interface ContractCase {
  /** Subject – what is done – what has to come of it. */
  readonly title: string;
  /** What the runtime must be able to do for it. */
  readonly ability?: Ability | readonly Ability[];
  /** What the containers must be able to run for it, beside `print` and `sleep`. */
  readonly programs?: readonly (keyof Programs)[];
  /** It needs no container but `sleeping`, which it leaves as it was: cases like this one, in a row, have one scene. Default: false. */
  readonly isShared?: boolean;
  run(scene: Scene): Promise<void>;
}

/** What a case has: a daemon and programs. Every container of it is ended, and its removal checked, when the scene is disposed. */
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

  /** A container that runs. */
  async running(options: TestTaskOptions = {}): Promise<TestTask> {
    const task = this.task(options);
    await task.run();
    return task;
  }

  /** The container that sleeps: the same one at every call. */
  sleeping(): Promise<TestTask> {
    this.#sleeping ??= this.running();
    return this.#sleeping;
  }
}
