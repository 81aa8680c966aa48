/** The severity of a finding. `failure`: something does not work, or will not. */
export type Level = "ok" | "warning" | "failure";

/** The result of a check. */
export interface Finding {
  readonly level: Level;
  /** What was checked, e.g. `runc`. */
  readonly subject: string;
  /** What was found. */
  readonly message: string;
  /** What fixes it; absent if nothing has to be done. */
  readonly remedy?: string;
}

/** Returns a finding that needs no action. */
export const ok = (subject: string, message: string): Finding => ({ level: "ok", subject, message });

/** Returns a finding about something that works, but that the user should know. */
export const warning = (subject: string, message: string, remedy: string): Finding => ({
  level: "warning",
  subject,
  message,
  remedy,
});

/** Returns a finding about something that does not work, or that will make something else fail. */
export const failure = (subject: string, message: string, remedy: string): Finding => ({
  level: "failure",
  subject,
  message,
  remedy,
});
