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
  {
    name: "doctor",
    summary: "look for what does not work on this host, with remedies",
    load: async () => (await import("./doctor/command.ts")).doctor,
  },
  {
    name: "hooks",
    summary: "show which hooks run, in which order",
    load: async () => (await import("./hooks/command.ts")).hooksCommand,
  },
  {
    name: "policy",
    summary: "test policies on recorded requests, explain decisions",
    load: async () => (await import("./policy/command.ts")).policyCommand,
  },
  {
    name: "run",
    summary: "run a bundle without containerd",
    load: async () => (await import("./run/command.ts")).runCommand,
  },
  { name: "ps", summary: "list containers", load: async () => (await import("./ps/command.ts")).psCommand },
  {
    name: "exec",
    summary: "run one more process in a container",
    load: async () => (await import("./exec/command.ts")).execCommand,
  },
  {
    name: "attach",
    summary: "connect to a container that runs",
    load: async () => (await import("./attach/command.ts")).attachCommand,
  },
  {
    name: "logs",
    summary: "print what a container wrote",
    load: async () => (await import("./logs/command.ts")).logsCommand,
  },
  {
    name: "kill",
    summary: "send a signal to containers",
    load: async () => (await import("./kill/command.ts")).killCommand,
  },
  { name: "rm", summary: "remove containers", load: async () => (await import("./rm/command.ts")).rmCommand },
  {
    name: "new",
    summary: "begin a runtime or a hook of your own",
    load: async () => (await import("./new/command.ts")).newCommand,
  },
];
