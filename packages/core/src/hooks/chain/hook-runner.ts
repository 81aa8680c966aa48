import type { HookChain } from "./chain.ts";

/** The hooks as the Task API calls them: a chain, or one that follows the configuration. */
export interface HookRunner extends Pick<HookChain, "has" | "run" | "tell" | "flush"> {
  /**
   * Reloads the configuration if it changed (undefined: unchanged). Calls that start after it settles use the new
   * hooks, or the last valid ones if loading failed.
   */
  refresh?(): Promise<void> | undefined;
  /** Releases what plugins hold. No hook may be called afterwards. */
  close?(): void;
}
