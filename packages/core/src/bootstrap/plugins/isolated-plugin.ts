/** What the daemon passes to the process of an isolated plugin: as JSON, in the environment variable `isolatedPluginVariable`. */
export interface IsolatedPlugin {
  /** As the configuration names it. */
  readonly use: string;
  readonly packageRoots: readonly string[];
  /** Memory that the plugin may use in addition to what the program itself uses. */
  readonly memoryBytes: number;
}

export const isolatedPluginVariable = "DUNNAGE_HOOK_HOST";
