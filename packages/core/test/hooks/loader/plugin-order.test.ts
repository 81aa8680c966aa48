import test from "ava";
import { orderPlugins } from "../../../src/hooks/loader/plugin-order.ts";

const names = (list: Parameters<typeof orderPlugins>[0]): string =>
  orderPlugins(list)
    .map(({ name }) => name)
    .join("");

test("orderPlugins – keeps the configuration's order – as far as before and after let it", (t) => {
  t.is(names([{ name: "a" }, { name: "b" }, { name: "c" }]), "abc");
  t.is(names([{ name: "a", after: ["c"] }, { name: "b" }, { name: "c" }]), "cab");
  t.is(names([{ name: "a" }, { name: "b" }, { name: "c", before: ["a"] }]), "cab");
  t.is(names([{ name: "a", after: ["nobody"], before: ["nobody"] }, { name: "b" }]), "ab");
});

test("orderPlugins – a circle – is named", (t) => {
  const list = [
    { name: "a", after: ["b"] },
    { name: "b", after: ["c"] },
    { name: "c", after: ["a"] },
  ];
  t.throws(() => orderPlugins(list), { message: "order of plugins goes round in a circle: a after b after c after a" });
});
