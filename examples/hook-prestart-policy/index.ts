import { appendFile } from "node:fs/promises";
import { basename } from "node:path";
import { definePlugin, type StandardSchema } from "@dunnage/core";

/** The plugin's table `config`. */
interface PolicyConfig {
  /** Containers with one of these annotations do not start: key and value. */
  readonly deny_annotations: Readonly<Record<string, string>>;
  /** Containers whose first program is one of these do not start: names without a path. */
  readonly deny_programs: readonly string[];
  /** File that gets one line of JSON per ended container; empty: none. */
  readonly record: string;
}

export default definePlugin<PolicyConfig>({
  name: "prestart-policy",
  apiVersion: 1,
  configSchema: schema(),
  hooks: {
    /** The container exists, but its program does not run yet. A denial ends it, and the client reads the reason. */
    preStart({ container, spec }, { config, deny }) {
      for (const [key, value] of Object.entries(config.deny_annotations)) {
        if (container.annotations[key] === value) deny(`annotation ${key}=${value}`);
      }
      // A list of forbidden programs stops mistakes, not attackers: sh can start anything.
      const program = basename(spec.process?.args?.[0] ?? "");
      if (config.deny_programs.includes(program)) deny(`program ${program} is not allowed here`);
    },

    /**
     * The container has ended and its exit is known. Hooks run at least once: after a crash of the daemon the same event
     * comes again, with the same `eventId` and `replay: true`, so a reader of the file can drop repetitions.
     */
    async postStop({ container, eventId, exit, replay }, { config, log }) {
      if (config.record === "") return;
      const { id, namespace } = container;
      const line = { eventId, namespace, id, exitStatus: exit.exitStatus, exitedAt: exit.exitedAt, replay };
      await appendFile(config.record, `${JSON.stringify(line)}\n`, { mode: 0o600 });
      log.debug("exit recorded", { file: config.record });
    },
  },
});

/** Checks the table `config`. Any library that makes a Standard Schema would do: valibot, zod, arktype. */
function schema(): StandardSchema<PolicyConfig> {
  const defaults: PolicyConfig = { deny_annotations: {}, deny_programs: [], record: "" };
  const validate = (value: unknown) => {
    const config = { ...defaults, ...(value as Partial<PolicyConfig>) };
    const issues = Object.entries(config)
      .filter(([key, entry]) => !isSameShape(entry, defaults[key as keyof PolicyConfig]))
      .map(([key]) => ({ message: "unknown key, or a value of the wrong type", path: [key] }));
    return issues.length === 0 ? { value: config } : { issues };
  };
  return { "~standard": { version: 1, vendor: "prestart-policy", validate } };
}

function isSameShape(value: unknown, model: unknown): boolean {
  if (typeof model !== "object") return typeof value === typeof model;
  if (typeof value !== "object" || value === null || Array.isArray(value) !== Array.isArray(model)) return false;
  return Object.values(value).every((entry) => typeof entry === "string");
}
