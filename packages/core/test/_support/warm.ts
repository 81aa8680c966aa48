import { Distribution, type Shell } from "./distribution.ts";
import { FakeContainerd, type Invocation } from "./fake-containerd.ts";

/** Makes a distribution, and a containerd with one container in a daemon. */
export async function warm(shell: Shell, first: Invocation = {}) {
  const distribution = new Distribution({ shell });
  const containerd = await FakeContainerd.start(distribution);
  const cold = await containerd.start({ id: "first", ...first });
  return {
    distribution,
    containerd,
    cold,
    async [Symbol.asyncDispose]() {
      await containerd[Symbol.asyncDispose]();
      distribution[Symbol.dispose]();
    },
  };
}
