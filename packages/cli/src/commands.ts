import type { CommandEntry } from "./command.ts";

/** Every command of `dunnage`, in the order of `--help`. */
export const commands: readonly CommandEntry[] = [
  {
    name: "install",
    summary: "register the runtimes with containerd",
    load: async () => (await import("./install/command.ts")).install,
  },
  {
    name: "uninstall",
    summary: "take back what install changed",
    load: async () => (await import("./uninstall/command.ts")).uninstall,
  },
];
