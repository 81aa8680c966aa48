import { readFileSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { Server } from "@dunnage/ttrpc";
import { hooksService } from "../../hooks/connection/hook-transport.ts";
import { connectionFd } from "../../hooks/isolation/hook-process.ts";
import { hookService, type LoadAlone } from "../../hooks/isolation/hook-service.ts";
import { loadPlugin } from "../../hooks/loader/load-plugins.ts";
import { isPluginUse } from "../../hooks/loader/plugin-file.ts";
import type { PluginSchemes } from "../../hooks/loader/plugin-scheme.ts";
import { silentLogger } from "../../log/logger.ts";
import type { Libc } from "../../native/libc.ts";
import type { IsolatedPlugin } from "../context.ts";
import { exposePackages } from "./expose-packages.ts";

const worstOomScore = "1000";

/**
 * Serves the hooks of one plugin over the connection that is inherited from the daemon. Resolves when the daemon has
 * closed it.
 */
export async function serveIsolatedPlugin(plugin: IsolatedPlugin, libc: Libc, schemes: PluginSchemes): Promise<void> {
  libc.dieWithParent();
  writeFileSync("/proc/self/oom_score_adj", worstOomScore);
  const { use, packageRoots, memoryBytes } = plugin;
  if (isPluginUse(use)) await exposePackages();
  libc.limitMemory(readDataSize() + memoryBytes);
  const load: LoadAlone = (name, config) =>
    loadPlugin({ name, use, config }, { log: silentLogger, packageRoots, schemes, libc });
  const ended = Promise.withResolvers<void>();
  const server = new Server({
    services: { [hooksService]: hookService(load) },
    onConnections: (open) => {
      if (open === 0) ended.resolve();
    },
  });
  server.accept(new Socket({ fd: connectionFd }));
  await ended.promise;
}

/** Bytes that count against RLIMIT_DATA. @see proc_pid_status(5) VmData */
function readDataSize(): number {
  const kilobytes = /^VmData:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1];
  return Number(kilobytes) * 1024;
}
