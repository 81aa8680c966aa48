import type { Adjustment, HookContainer, Plugin } from "@dunnage/core";

/** A container that is not part of a pod. */
export const standalone: HookContainer = {
  id: "c1",
  namespace: "default",
  bundle: "/b/c1",
  runtime: "runc",
  annotations: {},
  kind: "standalone",
};

/** Fields of every event that creates a process. */
const creation = { rootfs: [], stdio: { terminal: false, stdin: "", stdout: "", stderr: "" }, restoreFrom: "" };

/** The timeout that the daemon gives each hook. */
const timeoutMs = 1_000;

/** The outcome of a stage. */
export interface Result {
  readonly denied: readonly string[];
  readonly adjusted: readonly Adjustment[];
}

/** Like `Result`, with the notes of the hooks, and the error of a hook that failed. */
export interface FullResult extends Result {
  readonly warnings: readonly string[];
  readonly annotations: Readonly<Record<string, string>>;
  readonly failed: string | undefined;
}

interface AnyHook {
  readonly phase: "mutate" | "validate" | "act";
  readonly handler: (event: object, context: object) => unknown;
}

/** Runs the hooks of one stage of a plugin, with its validated configuration. @throws {Error} of a hook that failed. */
export async function runPlugin(plugin: Plugin, stage: string, event: object, config: unknown = {}): Promise<Result> {
  const { denied, adjusted, failed } = await runPluginFully(plugin, stage, event, config);
  if (failed !== undefined) throw new Error(failed);
  return { denied, adjusted };
}

/** Like `runPlugin`, with the full outcome. */
export async function runPluginFully(
  plugin: Plugin,
  stage: string,
  event: object,
  config: unknown = {},
): Promise<FullResult> {
  const checked = (await plugin.configSchema?.["~standard"].validate(config)) ?? { value: config };
  if ("issues" in checked && checked.issues !== undefined)
    throw new Error(checked.issues.map(({ message }) => message).join("; "));
  const hooks =
    (plugin.hooks as unknown as Record<string, AnyHook | readonly AnyHook[] | undefined> | undefined)?.[stage] ?? [];
  const denied: string[] = [];
  const adjusted: Adjustment[] = [];
  const warnings: string[] = [];
  const annotations: Record<string, string> = {};
  let failed: string | undefined;
  for (const { handler } of Array.isArray(hooks) ? (hooks as readonly AnyHook[]) : [hooks as AnyHook]) {
    const deny = (reason: string, options?: { rule?: string }): never => {
      denied.push(options?.rule === undefined ? reason : `${options.rule}: ${reason}`);
      throw new Error("denied");
    };
    const said = {
      warn: (message: string) => void warnings.push(message),
      annotate: (key: string, value: string) => void Object.assign(annotations, { [key]: value }),
    };
    const limits = { signal: new AbortController().signal, deadlineAt: new Date(Date.now() + timeoutMs) };
    const context = {
      config: (checked as { value: unknown }).value,
      deny,
      adjust: recorder(adjusted),
      ...said,
      ...limits,
    };
    try {
      await handler({ stage, container: standalone, ...creation, ...event }, context);
    } catch (error) {
      if ((error as Error).message !== "denied") failed = (error as Error).message;
    }
  }
  return { denied, adjusted, warnings, annotations, failed };
}

/** Records what a hook requests. Method calls are recorded as `set`, with the name of the method as path. */
function recorder(adjusted: Adjustment[]): object {
  const at = (path: string): object =>
    new Proxy(() => {}, {
      get: (_, key) => at(`${path}/${String(key)}`),
      apply: (_target, _this, args: unknown[]) => {
        if (path === "/apply") adjusted.push(args[0] as Adjustment);
        else adjusted.push({ op: "set", path, value: args });
      },
    });
  return at("");
}
