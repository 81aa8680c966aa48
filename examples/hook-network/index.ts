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
    /** The network namespace is there, the program does not run yet. What throws refuses the start. */
    async preStart({ container, pid }, { signal }) {
      const link = linkOf(container.id);
      const inside = ["-t", String(pid), "-n", "ip"];
      await run("ip", ["link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", String(pid)], { signal });
      await run("ip", ["address", "add", "169.254.77.1/30", "dev", link], { signal });
      await run("nsenter", [...inside, "address", "add", "169.254.77.2/30", "dev", "eth0"], { signal });
      await run("nsenter", [...inside, "link", "set", "eth0", "up"], { signal });
      await run("ip", ["link", "set", link, "up"], { signal });
    },
    /** Runs at least once, also when the daemon was killed: a link that is gone is as good as one that was removed. */
    async postStop({ container }, { signal }) {
      await run("ip", ["link", "delete", linkOf(container.id)], { signal }).catch(() => undefined);
    },
  },
});
