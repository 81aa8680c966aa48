import { randomBytes } from "node:crypto";
import { failedPrecondition, invalidArgument } from "@dunnage/core";
import type { CommandContext } from "../command.ts";
import { readSpec } from "../containers/bundle.ts";
import { Container } from "../containers/container.ts";
import { failureStatus } from "../containers/options.ts";
import { readStatus } from "../containers/status.ts";
import { ContainerStore } from "../containers/store.ts";
import { printResult } from "../output.ts";
import { ExecDirectory, sweepExecs } from "./exec-directory.ts";
import { type ExecSession, type ExecSpec, runExecSession } from "./exec-session.ts";
import { toExecProcess } from "./oci-process.ts";

/** The options of `dunnage exec`. */
export interface ExecOptions {
  readonly detach?: true | undefined;
  readonly interactive?: true | undefined;
  readonly tty?: true | undefined;
  readonly user?: string | undefined;
  readonly env: readonly string[];
  readonly cwd?: string | undefined;
  readonly root: string;
  readonly namespace: string;
  readonly json?: true | undefined;
}

/** Runs one more process in a container, attached or not. */
export async function exec(
  { id, args }: { readonly id: string; readonly args: readonly string[] },
  options: ExecOptions,
  context: CommandContext,
): Promise<void> {
  context.failureStatus = failureStatus;
  const { detach, interactive = false, tty: terminal = false } = options;
  if (detach && interactive) throw invalidArgument("--interactive needs a client that stays: not with --detach");
  const container = Container.open(new ContainerStore(options), id);
  const { process = {} } = readSpec(container.directory);
  const spec = toExecProcess(process, { ...options, args, terminal });
  using client = await container.connectOrExplain();
  await requireRunning(container);
  await sweepExecs(container, client);
  const request: ExecSpec = { id, exec_id: randomBytes(6).toString("hex"), terminal, spec: toAny(spec) };
  const session = { container, client, context, stdin: interactive };
  if (detach) return await startDetached(session, request, options);
  context.exitStatus = await runExecSession(session, request);
}

/**
 * Starts an exec and leaves it running. Its directory stays: by it the next `exec` finds that the process has ended,
 * and deletes it from the shim.
 */
async function startDetached(
  { container, client, context }: ExecSession,
  request: ExecSpec,
  { json }: Pick<ExecOptions, "json">,
): Promise<void> {
  using stack = new DisposableStack();
  const { id, exec_id } = request;
  stack.use(ExecDirectory.create(container, exec_id, []));
  await client.exec(request);
  try {
    const { pid } = await client.start({ id, exec_id });
    stack.move();
    printResult(context.stdout, { json, value: { id, execId: exec_id, pid }, text: exec_id });
  } catch (error) {
    await client.delete({ id, exec_id }).catch(() => undefined);
    throw error;
  }
}

async function requireRunning(container: Container): Promise<void> {
  const { condition } = await readStatus(container);
  if (condition === "running") return;
  throw failedPrecondition(`container ${container.id} is not running: it is ${condition}`);
}

/** Encodes an OCI process for the shim, which reads it as JSON under the type URL that containerd's clients use. */
function toAny(spec: object): { type_url: string; value: Uint8Array } {
  const value = Buffer.from(JSON.stringify(spec));
  return { type_url: "types.containerd.io/opencontainers/runtime-spec/1/Process", value };
}
