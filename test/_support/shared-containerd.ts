import type { TestFn } from "ava";
import { Containerd, type ContainerdOptions } from "./containerd.ts";
import { checkLeaks } from "./leak-check.ts";

/**
 * Starts one containerd for all tests of a file, which must be serial. Stops it at the end and checks that nothing is
 * left. Returns a function that changes the configuration of the shims and returns this containerd. Containers are
 * removed after each test.
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
