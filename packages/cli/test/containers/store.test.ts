import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identify } from "@dunnage/core/client";
import test, { type ExecutionContext } from "ava";
import { ContainerStore, defaultRoot } from "../../src/containers/store.ts";

function openStore(t: ExecutionContext): { store: ContainerStore; directory: string } {
  const root = mkdtempSync(join(tmpdir(), "dunnage-store-"));
  t.teardown(() => rmSync(root, { recursive: true }));
  return { store: new ContainerStore({ root, namespace: "ns" }), directory: join(root, "ns") };
}

const fill = (directory: string): void => writeFileSync(join(directory, "file"), "x");

test("ContainerStore – a directory appears complete, and goes", (t) => {
  const { store, directory } = openStore(t);
  t.deepEqual(store.list(), []);
  const path = store.create("a", (temporary) => {
    fill(temporary);
    t.deepEqual(store.list(), []);
  });
  t.deepEqual([path, store.find("a")], [join(directory, "a"), path]);
  t.deepEqual(store.list(), ["a"]);
  store.remove("a");
  store.remove("a");
  t.deepEqual(readdirSync(directory), []);
});

test("ContainerStore – leaves the container that has it – an id in use", (t) => {
  const { store, directory } = openStore(t);
  store.create("a", fill);
  t.throws(() => store.create("a", fill), { code: 6, message: "container a: already exists" } as object);
  t.deepEqual(readdirSync(directory), ["a"]);
});

test("ContainerStore – leaves nothing – a directory that could not be filled", (t) => {
  const { store, directory } = openStore(t);
  const fail = (): never => {
    throw new Error("full");
  };
  t.throws(() => store.create("a", fail), { message: "full" });
  t.deepEqual(readdirSync(directory), []);
});

test("ContainerStore – removes what a killed process left half made or half removed, not what a live one is at", (t) => {
  const { store, directory } = openStore(t);
  const { pid, startTime } = identify("self") ?? { pid: 0, startTime: 0 };
  for (const name of [`.new.${pid}.1.x`, `.old.${2 ** 22 + 1}.5.y`, `.new.${pid}.${startTime}.z`]) {
    mkdirSync(join(directory, name), { recursive: true });
    fill(join(directory, name));
  }
  store.create("a", fill);
  t.deepEqual(readdirSync(directory).sort(), [`.new.${pid}.${startTime}.z`, "a"]);
});

test("ContainerStore – the shim's namespace tells roots apart, and is plain for the default", (t) => {
  const namespaceOf = (root: string): string => new ContainerStore({ root, namespace: "ns" }).shimNamespace;
  t.is(namespaceOf(defaultRoot), "ns");
  t.regex(namespaceOf("/a"), /^ns-[0-9a-f]{8}$/);
  t.not(namespaceOf("/a"), namespaceOf("/b"));
  t.is(namespaceOf("/a/../a/"), namespaceOf("/a"));
});

test("ContainerStore – ids and namespaces are no paths", (t) => {
  const { store, directory } = openStore(t);
  for (const id of ["", "..", "a/b", ".hidden", "a b"]) {
    t.throws(() => store.create(id, fill), { code: 3 } as object);
    t.throws(() => store.find(id), { code: 3 } as object);
  }
  t.throws(() => new ContainerStore({ root: "/r", namespace: "../x" }), { code: 3 } as object);
  t.throws(() => store.find("none"), { code: 5, message: "container none: not found" } as object);
  t.false(existsSync(directory));
});
