import type { Plugin, ResourcesTighten } from "@dunnage/core";
import * as v from "valibot";
import { quantity } from "../cel/functions.ts";
import { linuxOf, type Part, part } from "./spec.ts";

const bytes = v.pipe(
  v.string('must be a text such as "512Mi"'),
  v.check((text) => /^[1-9]\d*([kMGT]i?|Ki)?$/.test(text), 'must be a quantity such as "512Mi"'),
  v.transform((text) => Number(quantity(text))),
);
const count = v.pipe(v.number("must be a number"), v.integer("must be whole"), v.minValue(1, "must be at least 1"));
const cpus = v.pipe(v.number("must be a number of CPUs, such as 0.5"), v.minValue(0.01, "must be at least 0.01"));
const limits = v.strictObject({ memory: v.optional(bytes), pids: v.optional(count), cpu: v.optional(cpus) });

const schema = v.strictObject({
  /** Limits for containers that specify none themselves. */
  default: v.optional(limits, {}),
  /** Upper bounds of limits, at create and at update. */
  max: v.optional(limits, {}),
});

type Config = v.InferOutput<typeof schema>;

/** µs; the kernel's default. */
const period = 100_000;

/** Gives every container limits, and lowers those that exceed the maximum. */
const plugin: Plugin<Config> = {
  name: "resources",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preCreate: {
      phase: "mutate",
      handler: ({ spec }, { config, adjust }) => {
        const resources = part(linuxOf(spec)["resources"]);
        const { memory, pids, cpu } = config.default;
        if (memory !== undefined && !hasLimit(resources, "memory", "limit"))
          adjust.setResource("memory", "limit", memory);
        if (pids !== undefined && !hasLimit(resources, "pids", "limit")) adjust.setResource("pids", "limit", pids);
        if (cpu !== undefined && !hasLimit(resources, "cpu", "quota")) {
          adjust.setResource("cpu", "quota", Math.round(cpu * period));
          adjust.setResource("cpu", "period", period);
        }
        lower(config.max, adjust.tighten);
      },
    },
    preUpdate: { phase: "mutate", handler: (_, { config, adjust }) => lower(config.max, adjust.tighten) },
  },
};

export default plugin;

function hasLimit(resources: Part, group: string, key: string): boolean {
  return Number(part(resources[group])[key] ?? 0) > 0;
}

function lower({ memory, pids, cpu }: Config["max"], tighten: ResourcesTighten): void {
  if (memory !== undefined) tighten.memoryMax(memory);
  if (pids !== undefined) tighten.pidsMax(pids);
  if (cpu !== undefined) tighten.cpuMax(Math.round(cpu * period), period);
}
