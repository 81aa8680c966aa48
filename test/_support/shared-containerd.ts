import type { TestFn } from "ava";
import { Containerd, type ContainerdOptions } from "./containerd.ts";
import { checkLeaks } from "./leak-check.ts";

/**
 * Starts one containerd for all tests of a file, which have to be serial, and checks after its end that nothing is left. Returns
 * a function that gives the shims another configuration and returns this containerd. After each test its containers are removed.
 */
export function shareContainerd(
  test: TestFn,
  options: Omit<ContainerdOptions, "config"> = {},
): (config: NonNullable<ContainerdOptions["config"]>) => Containerd {
  let containerd: Containerd | undefined;
  let isUsed = false;
  test.serial.after.always("containerd ends", () => containerd?.[Symbol.asyncDispose]()); // before the leak check
  checkLeaks(test);
  test.serial.before("containerd starts", async () => {
    containerd = await Containerd.start(options);
  });
  test.afterEach.always("containers are removed", async () => {
    if (isUsed) await containerd?.removeContainers();
    isUsed = false;
  });
  return (config) => {
    if (containerd === undefined) throw new Error("containerd has not started");
    isUsed = true;
    containerd.configure(config);
    return containerd;
  };
}
