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
    summary: "revert what install changed",
    load: async () => (await import("./uninstall/command.ts")).uninstall,
  },
  {
    name: "doctor",
    summary: "report what does not work on this host, with remedies",
    load: async () => (await import("./doctor/command.ts")).doctor,
  },
  {
    name: "hooks",
    summary: "list the hooks that run, in their order",
    load: async () => (await import("./hooks/command.ts")).hooksCommand,
  },
  {
    name: "policy",
    summary: "test policies with recorded requests, explain decisions",
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
    summary: "run an additional process in a container",
    load: async () => (await import("./exec/command.ts")).execCommand,
  },
  {
    name: "attach",
    summary: "connect to a running container",
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
    summary: "create a project for a runtime or a hook",
    load: async () => (await import("./new/command.ts")).newCommand,
  },
];
