import type { ContractOptions } from "./contract.ts";
import { type ContractCase, Scene } from "./scene.ts";

/** A case that waits for its turn. */
interface Turn {
  readonly options: ContractOptions;
  readonly contractCase: ContractCase;
  readonly ended: PromiseWithResolvers<void>;
}

const waiting: Turn[] = [];
let isRunning = false;

/** Runs a case when all earlier ones have ended. Consecutive cases that share a scene get the same one. */
export function inTurn(options: ContractOptions, contractCase: ContractCase): Promise<void> {
  const ended = Promise.withResolvers<void>();
  waiting.push({ options, contractCase, ended });
  if (!isRunning) void runAll();
  return ended.promise;
}

async function runAll(): Promise<void> {
  isRunning = true;
  let kept: Scene | undefined;
  for (let turn = waiting.shift(); turn !== undefined; turn = waiting.shift()) {
    const { ended } = turn;
    try {
      kept = await run(turn, kept);
      ended.resolve();
    } catch (error) {
      kept = undefined;
      ended.reject(error);
    }
  }
  isRunning = false;
}

/**
 * Resolves with the scene if the next case shares it. After a failure it is disposed: its container may be in any
 * state.
 */
async function run(turn: Turn, kept: Scene | undefined): Promise<Scene | undefined> {
  await using resources = new AsyncDisposableStack();
  const scene = resources.use(kept ?? (await Scene.open(turn.options)));
  await turn.contractCase.run(scene);
  if (!isSharedWith(turn, waiting[0])) return undefined;
  resources.move();
  return scene;
}

function isSharedWith({ options, contractCase }: Turn, next: Turn | undefined): boolean {
  return contractCase.isShared === true && next?.contractCase.isShared === true && next.options === options;
}
