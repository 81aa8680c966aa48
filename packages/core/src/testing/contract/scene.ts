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
  run(scene: Scene): Promise<void>;
}

/** What a case has: a daemon and programs of its own. Every container of it is ended and looked after when the case is over. */
export class Scene {
  readonly daemon: TestDaemon;
  readonly programs: Required<Programs>;
  readonly #options: ContractOptions;
  readonly #tasks: AsyncDisposableStack;

  private constructor(daemon: TestDaemon, options: ContractOptions, tasks: AsyncDisposableStack) {
    this.daemon = daemon;
    this.programs = options.programs === undefined ? shellPrograms : { ...shellPrograms, ...options.programs };
    this.#options = options;
    this.#tasks = tasks;
  }

  static async run(options: ContractOptions, { run }: Pick<ContractCase, "run">): Promise<void> {
    await using daemon = await TestDaemon.open(options);
    await using tasks = new AsyncDisposableStack();
    await run(new Scene(daemon, options, tasks));
  }

  /** A container that does not exist yet. Default: it sleeps. */
  task(options: TestTaskOptions = {}): TestTask {
    const { rootfs } = this.#options;
    const args = this.programs.sleep();
    const task = new TestTask(this.daemon, { args, ...(rootfs === undefined ? {} : { rootfs }), ...options });
    return this.#tasks.use(task);
  }

  /** A container that runs. */
  async running(options: TestTaskOptions = {}): Promise<TestTask> {
    const task = this.task(options);
    await task.run();
    return task;
  }
}
