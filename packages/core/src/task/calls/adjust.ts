import type { Adjustment } from "../../hooks/adjustment/adjustment.ts";
import { mutableParts, toDraft } from "../../hooks/adjustment/mutable-part.ts";
import type { Mount } from "../../mount/mount.ts";
import type { wire } from "../../proto/gen/wire.js";
import { type OciSpec, readExactSpec, requireOneReading, writeSpec } from "../../spec/bundle.ts";
import { parseExactJson } from "../../spec/exact-json.ts";
import { parseJsonObject, requireFewEntries } from "../../spec/json-object.ts";
import type { Table } from "../../spec/table.ts";
import type { Call } from "../call.ts";
import { sigkill } from "../container/force-kill.ts";
import { adjustByHooks, takeUpChanges } from "../hook-seam.ts";

/** The OCI configuration as hooks leave it. */
export interface AdjustedSpec {
  readonly spec: OciSpec;
  /** What they tightened for later execs and updates as well. */
  readonly hardening: readonly Adjustment[];
}

/**
 * Returns the OCI configuration that the runtime is to read. The hooks of `preCreate` judge and change it. What they
 * saw last is written to the bundle, and the runtime reads exactly that. Hooks of `preStart` see the same
 * configuration. If neither stage has hooks, this returns `spec`, and the runtime reads the client's own bytes, as with
 * containerd's shim.
 */
export async function adjustSpec(
  call: Call,
  { spec, rootfs }: { readonly spec: OciSpec; readonly rootfs: readonly Mount[] },
): Promise<AdjustedSpec> {
  const { deps, container } = call;
  await takeUpChanges(deps, "preCreate");
  const hasHooks = deps.hooks.has("preCreate");
  if (!hasHooks && !deps.hooks.has("preStart")) return { spec, hardening: [] };
  const { ref, init, restoreFrom } = container;
  const { bundle, options } = ref;
  const fields = { rootfs, stdio: init.paths, options, restoreFrom: restoreFrom?.imagePath ?? "" };
  const draft = toDraft("preCreate", { ...fields, spec: readExactSpec(bundle) });
  if (hasHooks) await adjustByHooks(call, draft, fields);
  writeSpec(bundle, draft.target);
  const hardening = draft.changes.filter(isLasting).map(({ op, path, value }) => ({ op, path, value }));
  return { spec: draft.target as OciSpec, hardening };
}

/**
 * `tighten` on the process also applies to later execs, and on resources to later updates; otherwise a client could
 * undo it.
 */
const isLasting = ({ op, path }: Adjustment): boolean =>
  op === "tighten" && (path.startsWith("/process/") || path.startsWith("/linux/resources/"));

/**
 * Returns the process that an exec is to run: the client's, tightened as the container's own was, and as hooks of
 * `preExec` leave it.
 */
export async function adjustProcess(call: Call, request: wire.ExecProcessRequest): Promise<unknown> {
  const { deps, container } = call;
  await takeUpChanges(deps, "preExec");
  const { exec_id: execId, terminal, stdin, stdout, stderr } = request;
  const { hardening } = container;
  const hasHooks = deps.hooks.has("preExec");
  const isJudged = hasHooks || hardening.length > 0 || deps.hooks.has("preExecStart");
  const process = parseObject(request.spec?.value, `process of exec ${execId}`, isJudged && "process");
  // The flag of the request decides how the streams are opened, so it overrides the process's own.
  Object.assign(process, { terminal });
  const draft = toDraft("preExec", { process }, hardening);
  const fields = { execId, stdio: { terminal, stdin, stdout, stderr } };
  if (hasHooks) await adjustByHooks(call, draft, fields);
  return mutableParts.preExec.view(draft)["process"];
}

/** Returns the resources that an update is to set, within the ceilings that were set at create. */
export async function adjustResources(call: Call, request: wire.UpdateTaskRequest): Promise<object> {
  const { deps, container } = call;
  await takeUpChanges(deps, "preUpdate");
  const { hardening } = container;
  const hasHooks = deps.hooks.has("preUpdate");
  const isJudged = hasHooks || hardening.length > 0;
  const resources = parseObject(request.resources?.value, `resources of ${request.id}`, isJudged && "resources");
  const draft = toDraft("preUpdate", { resources }, hardening);
  if (hasHooks) await adjustByHooks(call, draft, {});
  return mutableParts.preUpdate.view(draft)["resources"] as object;
}

/** Returns the signal that a kill is to send. */
export async function adjustSignal(
  call: Call,
  kill: { readonly execId: string; readonly signal: number; readonly all: boolean },
): Promise<number> {
  const { deps } = call;
  await takeUpChanges(deps, "preKill");
  if (!deps.hooks.has("preKill")) return kill.signal;
  const draft = toDraft("preKill", kill);
  await adjustByHooks(call, draft, kill);
  // Hooks cannot change SIGKILL.
  return kill.signal === sigkill ? sigkill : Number(draft.target["signal"]);
}

/**
 * Parses a JSON object. The value is JSON, whatever its type URL says. `judgedAs` names the part of the OCI
 * configuration that hooks judge, so every runtime must read it alike. False: it is not judged.
 */
function parseObject(
  bytes: Uint8Array | null | undefined,
  what: string,
  judgedAs: "process" | "resources" | false,
): Table {
  const text = new TextDecoder().decode(bytes ?? new Uint8Array());
  if (judgedAs) requireFewEntries(text, what);
  const value = parseJsonObject(text, what, parseExactJson) as Table;
  if (judgedAs) requireOneReading(value, judgedAs, what);
  return value;
}
