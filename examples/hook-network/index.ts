import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { definePlugin } from "@dunnage/core";

const run = promisify(execFile);

/** Name of the host's end: 15 characters at most, the same for the same container. */
const linkOf = (id: string): string => `dn${createHash("sha256").update(id).digest("hex").slice(0, 12)}`;

export default definePlugin({
  name: "network",
  apiVersion: 1,
  hooks: {
    /** The network namespace exists, the program does not run yet. If the hook throws, the start is refused. */
    async preStart({ container, pid }, { signal }) {
      const link = linkOf(container.id);
      const inside = ["-t", String(pid), "-n", "ip"];
      await run("ip", ["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", String(pid)], { signal });
      await run("ip", ["address", "add", "169.254.77.1/30", "dev", link], { signal });
      await run("nsenter", [...inside, "address", "add", "169.254.77.2/30", "dev", "eth0"], { signal });
      await run("nsenter", [...inside, "link", "set", "eth0", "up"], { signal });
      await run("ip", ["link", "set", link, "up"], { signal });
    },
    /** Runs at least once, even if the daemon was killed. So a link that is already gone is no error. */
    async postStop({ container }, { signal }) {
      await run("ip", ["link", "delete", linkOf(container.id)], { signal }).catch(() => undefined);
    },
  },
});
