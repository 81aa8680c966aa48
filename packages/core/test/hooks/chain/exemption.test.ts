import { Code, type StatusError } from "@dunnage/ttrpc";
import test from "ava";
import { failedPrecondition } from "../../../src/errors/errors.ts";
import { Draft } from "../../../src/hooks/adjustment/draft.ts";
import type { AuditEntry } from "../../../src/hooks/audit/audit-entry.ts";
import { HookChain } from "../../../src/hooks/chain/chain.ts";
import { exemptionOf, noExemptions } from "../../../src/hooks/chain/exemption.ts";
import { type HookContainer, podFields } from "../../../src/hooks/event/event.ts";
import { type Stage, stages } from "../../../src/hooks/event/stages.ts";
import type { Hooks } from "../../../src/hooks/plugin/plugin.ts";
import { chainWith, never, subject } from "../../_support/hooks.ts";

const container = (namespace: string, annotations: Readonly<Record<string, string>> = {}): HookContainer => ({
  ...(subject.container as HookContainer),
  namespace,
  annotations,
  ...podFields(namespace, annotations),
});

const inPod = (namespace: string, name: string, type = "container") => ({
  "io.kubernetes.cri.container-type": type,
  "io.kubernetes.cri.sandbox-namespace": namespace,
  "io.kubernetes.cri.sandbox-name": name,
});

test("exemptionOf – a namespace of containerd – by its whole name", (t) => {
  const exempt = { ...noExemptions, namespaces: ["build"] };
  t.is(exemptionOf(exempt, container("build")), 'hooks.exempt.namespaces "build"');
  t.is(exemptionOf(exempt, container("build", inPod("shop", "web"))), 'hooks.exempt.namespaces "build"');
  for (const other of ["builds", "Build", "buil", ""]) t.is(exemptionOf(exempt, container(other)), undefined);
  t.is(exemptionOf(exempt, undefined), undefined, "the daemon itself");
});

test("exemptionOf – a pod of CRI – its sandbox and its containers, by namespace and name or how that begins", (t) => {
  const exempt = { ...noExemptions, pods: ["kube-system/*", "corp/agent", "corp/node-*"] };
  const of = (...place: Parameters<typeof inPod>) => exemptionOf(exempt, container("k8s.io", inPod(...place)));
  t.is(of("kube-system", "etcd"), 'hooks.exempt.pods "kube-system/*"');
  t.is(of("kube-system", "etcd", "sandbox"), 'hooks.exempt.pods "kube-system/*"');
  t.is(of("corp", "agent"), 'hooks.exempt.pods "corp/agent"');
  t.is(of("corp", "node-7"), 'hooks.exempt.pods "corp/node-*"');
  t.is(of("corp", "agent-2"), undefined);
  t.is(of("kube-system-too", "etcd"), undefined);
  t.is(of("corp/agent", ""), undefined);
});

test("exemptionOf – a client that is not CRI and says it is a pod – is believed nothing", (t) => {
  const exempt = { ...noExemptions, pods: ["kube-system/*"] };
  const annotations = inPod("kube-system", "etcd");
  for (const namespace of ["moby", "default"]) t.is(exemptionOf(exempt, container(namespace, annotations)), undefined);
  t.is(exemptionOf(exempt, container("k8s.io", { ...annotations, "io.kubernetes.cri.container-type": "" })), undefined);
});

test("podFields – outside of CRI's namespace – what annotations say of pods and images is not believed", (t) => {
  const annotations = { ...inPod("kube-system", "etcd", "sandbox"), "io.kubernetes.cri.image-name": "good" };
  t.deepEqual(podFields("moby", annotations), { kind: "standalone" });
  t.like(podFields("k8s.io", annotations), { kind: "sandbox", image: "good" });
});

const everywhere = (hook: () => void): Hooks =>
  Object.fromEntries(Object.keys(stages).map((stage) => [stage, hook])) as Hooks;

test("HookChain – an exempt container – no hook is called, and what could be refused or changed leaves one line", async (t) => {
  const entries: AuditEntry[] = [];
  let [calls, recorded] = [0, 0];
  const options = {
    audit: { record: (entry: AuditEntry) => void entries.push(entry) },
    requests: { record: () => void recorded++ },
    exempt: { namespaces: ["build"], pods: [] },
  };
  const { chain } = chainWith(options, { hooks: everywhere(() => void calls++) });
  const run = (namespace: string, stage: Stage) =>
    chain.run(stage, { ...subject, container: container(namespace) }, { signal: never, eventId: "01ID" });
  for (const stage of Object.keys(stages) as Stage[]) await run("build", stage);
  t.deepEqual([calls, recorded], [0, 0]);
  t.deepEqual(
    entries.map(({ stage }) => stage),
    ["preCreate", "preStart", "preExec", "preExecStart", "prePause", "preCheckpoint", "preUpdate", "preKill"],
  );
  const line = {
    id: "01ID",
    decision: "exempt",
    reason: 'hooks.exempt.namespaces "build"',
    namespace: "build",
  } as const;
  for (const entry of entries) t.like(entry, { ...line, container: "c1", plugins: [] });
  await run("other", "preKill");
  t.deepEqual([calls, recorded], [1, 1]);
});

test("HookChain – an exempt container that no hook is for – leaves no line", async (t) => {
  const options = { audit: { record: () => t.fail() }, exempt: { namespaces: ["build"], pods: [] } };
  const match = { namespaces: ["k8s.io"] };
  const { chain } = chainWith(options, { match, hooks: { preStart: () => t.fail() } });
  await chain.run("preStart", { ...subject, container: container("build") }, { signal: never });
  await chain.run("preExec", { ...subject, container: container("build") }, { signal: never });
  t.pass();
});

test("HookChain – plugins that did not load – refuse all but what is exempt; both lines say what was to run", async (t) => {
  const entries: AuditEntry[] = [];
  const audit = { record: (entry: AuditEntry) => void entries.push(entry) };
  const exempt = { namespaces: ["build"], pods: [] };
  const chain = HookChain.failing(failedPrecondition("dunnage: plugin x: no such file"), { audit, exempt });
  const draft = new Draft("preCreate", { process: { args: ["/bin/agent"] } });
  const options = { draft, view: ({ target }: Draft) => ({ spec: target }) };
  const create = (namespace: string) =>
    chain.run("preCreate", { container: container(namespace) }, { signal: never, ...options });
  await create("build");
  t.like(await t.throwsAsync<StatusError>(create("other")), { code: Code.FailedPrecondition });
  t.deepEqual(
    entries.map(({ decision, argv }) => [decision, argv]),
    [
      ["exempt", ["/bin/agent"]],
      ["error", ["/bin/agent"]],
    ],
  );
});
