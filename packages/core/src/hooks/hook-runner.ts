import type { HookChain } from "./chain.ts";

/** The hooks as the Task API calls them: a chain, or one that follows the configuration. */
export interface HookRunner extends Pick<HookChain, "has" | "run" | "tell" | "flush"> {
  /**
   * Takes up a configuration that has changed. Undefined: it has not. What begins after it has settled is judged by the new
   * one; if that is no good, by the last that was.
   */
  refresh?(): Promise<void> | undefined;
  /** Lets go of what plugins hold. Nothing may be asked after it. */
  close?(): void;
}
