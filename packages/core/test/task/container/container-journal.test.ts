import { execFileSync } from "node:child_process";
import { copyFileSync, statSync, truncateSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { defaultOptions } from "../../../src/runtime/options.ts";
import { CommandLimit } from "../../../src/task/container/command-limit.ts";
import { Container } from "../../../src/task/container/container.ts";
import { ContainerHandles } from "../../../src/task/container/container-handles.ts";
import { ContainerJournal } from "../../../src/task/container/container-journal.ts";
import { type ContainerRecord, newContainer } from "../../../src/task/container/container-record.ts";
import { MountPoint } from "../../_support/mount-point.ts";
import { FakeRuntime } from "../../_support/task-fixture.ts";
import { TempDir } from "../../_support/temp-dir.ts";

const paths = { terminal: false, stdin: "", stdout: "/out", stderr: "" };
const exit = { pid: 7, exitStatus: 3, exitedAt: new Date(0) };
/** A process that the exact JSON keeps: its number is none of JavaScript's. */
const spec = { args: ["sh"], rlimits: [{ type: "RLIMIT_CORE", hard: 18_446_744_073_709_551_615n }] };

/** Adds a container whose facts go to the journal. */
function add(journal: ContainerJournal, id: string): Container {
  const ref = { id, namespace: "n", bundle: `/b/${id}`, options: defaultOptions };
  const record = newContainer({ ref, runtimeName: "fake", annotations: {}, privatePidNamespace: true, paths });
  const container = Container.from(record, new ContainerHandles(new FakeRuntime(), new CommandLimit(id)));
  journal.created(container.record);
  container.handles.listen((fact) => journal.happened(id, fact));
  return container;
}

function read(path: string): readonly ContainerRecord[] {
  const { journal, records } = ContainerJournal.open(path);
  journal[Symbol.dispose]();
  return records;
}

/** Everything that can happen to a container with two execs. */
function live(container: Container): void {
  container.adjusted({ hardening: [], poststopMs: "unlimited" });
  container.created({ pid: 7, sandbox: "own" }, undefined);
  container.init.running();
  for (const execId of ["e", "f"]) container.execAdded({ execId, paths, spec });
  const exec = container.process("e");
  exec.starting();
  exec.created({ pid: 8, internalPid: 2 });
  exec.running();
  exec.closeStdin();
  exec.resize({ width: 80, height: 25 });
  container.measured({ type_url: "t", value: Buffer.from("m") });
  container.oomKilled(2);
  exec.reaped({ ...exit, pid: 8 });
  exec.stopped();
  container.execDeleted("f");
  container.checkpointed("/image");
  container.checkpointed(undefined);
  container.stopAnnounced();
}

test("ContainerJournal – facts in any order – another process reads the record that they have made", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  using journal = ContainerJournal.open(path).journal;
  const [first, second] = [add(journal, "first"), add(journal, "second")];
  live(first);
  second.created({ pid: 9 }, undefined);
  t.is(toText(read(path)), toText([first.record, second.record]));
  t.deepEqual(first.process("e").spec, undefined);
  t.true(first.record.execs.length === 1);
});

test("ContainerJournal – after each fact – the journal as a process that dies now leaves it is the record", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  using journal = ContainerJournal.open(path).journal;
  const container = add(journal, "c");
  const records = [container.record];
  container.handles.listen((fact) => {
    journal.happened("c", fact);
    records.push(...read(path));
  });
  live(container);
  t.true(records.length > 20);
  t.is(toText(records.at(-1)), toText(container.record));
});

test("ContainerJournal – cut at any byte – the record after some number of its facts", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  const states: (ContainerRecord | undefined)[] = [undefined];
  using journal = ContainerJournal.open(path).journal;
  const container = add(journal, "c");
  states.push(container.record);
  container.handles.listen((fact) => {
    journal.happened("c", fact);
    states.push(read(path)[0]);
  });
  live(container);
  const length = statSync(path).size;
  let reached = 0;
  for (let size = 0; size <= Math.min(length, 20_000); size += 7) {
    const cut = dir.join("cut");
    copyFileSync(path, cut);
    truncateSync(cut, size);
    const found = read(cut)[0];
    while (reached < states.length && !isSame(states[reached], found)) reached++;
    t.true(reached < states.length, `cut at ${size}`);
  }
  t.is(reached, states.length - 1);
});

const isSame = (a: unknown, b: unknown): boolean => toText(a) === toText(b);

/** A value as another process reads it, with its keys in a fixed order: a field without a value is none. */
const toText = (value: unknown): string => JSON.stringify(value, sorted) ?? "";

function sorted(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

test("ContainerJournal – a deleted container – is missing, and a later one of its id is new", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  using journal = ContainerJournal.open(path).journal;
  const old = add(journal, "c");
  live(old);
  journal.deleted("c");
  old.forgotten(); // a late fact of the old one
  t.deepEqual(read(path), []);
  const next = add(journal, "c");
  t.is(toText(read(path)), toText([next.record]));
});

test("ContainerJournal – thousands of facts – its length stays bounded, and nothing is lost", (t) => {
  using dir = new TempDir();
  const path = dir.join("journal");
  using journal = ContainerJournal.open(path).journal;
  const container = add(journal, "c");
  for (let count = 0; count < 20_000; count++) container.init.resize({ width: count, height: 1 });
  t.true(statSync(path).size < 600_000);
  t.is(toText(read(path)), toText([container.record]));
  t.is(container.init.size?.width, 19_999);
});

test("ContainerJournal – a full file system – refuses containers and execs, and has every end", (t) => {
  using point = new MountPoint();
  const directory = point.directory("full");
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=512k", "tmpfs", directory]);
  const path = join(directory, "journal");
  using journal = ContainerJournal.open(path).journal;
  const containers: Container[] = [];
  t.throws(
    () => {
      for (let count = 0; count < 10_000; count++) containers.push(add(journal, `c${count}`));
    },
    { code: "ENOSPC" },
  );
  t.true(containers.length > 50);
  t.throws(
    () => {
      for (let count = 0; count < 1_000; count++) containers[0]?.execAdded({ execId: `e${count}`, paths, spec });
    },
    { code: "ENOSPC" },
  );
  const execs = containers[0]?.execs.length ?? 0;
  t.true(execs < 1_000);
  t.is(read(path)[0]?.execs.length, execs);
  for (const { init } of containers) {
    init.created({ pid: 7 });
    init.running();
    init.reaped(exit);
    init.stopped();
  }
  t.deepEqual(
    read(path).map(({ init }) => init.exit?.exitStatus),
    containers.map(() => 3),
  );
});
