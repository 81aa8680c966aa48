/** What the process of a plugin is told in its environment, by `hostVariable`, as JSON. */
export interface HostedPlugin {
  /** As the configuration names it. */
  readonly use: string;
  readonly packageRoots: readonly string[];
  /** What it may take beside what the program itself does. */
  readonly memoryBytes: number;
}

export const hostVariable = "DUNNAGE_HOOK_HOST";
