/** How bad it is: `failure`: something does not work, or will not. */
export type Level = "ok" | "warning" | "failure";

/** One thing that was looked at. */
export interface Finding {
  readonly level: Level;
  /** What was looked at, e.g. `runc`. */
  readonly subject: string;
  /** What was found. */
  readonly message: string;
  /** What helps; absent where nothing has to be done. */
  readonly remedy?: string;
}

/** Nothing to be done. */
export const ok = (subject: string, message: string): Finding => ({ level: "ok", subject, message });

/** It works, but the user should know. */
export const warning = (subject: string, message: string, remedy: string): Finding => ({
  ...{ level: "warning", subject, message, remedy },
});

/** It does not work, or something else will not. */
export const failure = (subject: string, message: string, remedy: string): Finding => ({
  ...{ level: "failure", subject, message, remedy },
});
