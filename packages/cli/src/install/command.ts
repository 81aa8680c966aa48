import { writeFileSync } from "node:fs";
import type { CommandContext, DefineCommand } from "../command.ts";
import { defaultConfigPath } from "../containerd/containerd-config.ts";
import { toHandler } from "../containerd/runtime-name.ts";
import { carryOut } from "./carry-out.ts";
import { readHost } from "./host.ts";
import { defaultLinkDir, planInstall } from "./plan.ts";
import { formatRuntimeClasses } from "./runtime-class.ts";

const description = `Lets containerd find the launchers, and registers the runtimes with its CRI plugin, for Kubernetes.
Shows each change and asks before it makes one. Comments and all other settings stay as they are.
dunnage uninstall reverts the changes. containerd is not restarted.`;

/** `dunnage install`. */
export const install: DefineCommand = (command, context) => {
  command
    .description(description)
    .option(
      "--runtime <name...>",
      "runtimes to register (default: those on this host, and those of plugins in the configuration)",
    )
    .option("--config <path>", "containerd's configuration", defaultConfigPath)
    .option("--bin-dir <dir>", "directory for links to launchers that containerd does not find", defaultLinkDir)
    .option(
      "--systemd-cgroup",
      "let the runtimes use systemd for cgroups (default: what containerd's default runtime does)",
    )
    .option("--no-systemd-cgroup", "let the runtimes manage cgroups themselves")
    .option("--runtime-class <file>", "also write the Kubernetes RuntimeClass objects; -: to standard output")
    .option("--dry-run", "show the changes and make none")
    .option("-y, --yes", "do not ask")
    .option("--json", "print the result as JSON")
    .action((options, { getOptionValueSource }) => {
      const isSaid = getOptionValueSource.call(command, "systemdCgroup") === "cli";
      return run({ ...options, systemdCgroup: isSaid ? options.systemdCgroup : undefined }, context);
    });
};

interface InstallOptions {
  readonly runtime?: string[] | undefined;
  readonly config: string;
  readonly binDir: string;
  readonly systemdCgroup?: boolean | undefined;
  readonly runtimeClass?: string | undefined;
  readonly dryRun?: true | undefined;
  readonly yes?: true | undefined;
  readonly json?: true | undefined;
}

async function run(options: InstallOptions, context: CommandContext): Promise<void> {
  const { runtime: runtimes, binDir: linkDir, systemdCgroup, runtimeClass, dryRun, json } = options;
  const host = await readHost(context, options.config);
  const plan = planInstall(host, { runtimes, linkDir, systemdCgroup }, context.env["PATH"] ?? "");
  const handlers = plan.runtimes.map(toHandler);
  const classes = formatRuntimeClasses(handlers);
  const isOnStdout = runtimeClass === "-" && !json;
  const names = handlers.join(", ");
  const report = {
    unchanged: `nothing to do: ${names} registered in ${host.containerd.path}`,
    done: `registered ${names}`,
    json: { handlers, ...(runtimeClass !== undefined && { runtimeClasses: classes }) },
    isQuiet: isOnStdout,
  };
  if (!(await carryOut({ plan, report }, options, context))) return;
  if (isOnStdout) context.stdout.write(classes);
  else if (runtimeClass !== undefined && runtimeClass !== "-" && !dryRun) writeFileSync(runtimeClass, classes);
}
