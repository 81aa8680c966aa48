import { constants } from "node:os";
import type { Plugin } from "@dunnage/core";
import * as v from "valibot";

const signal = v.pipe(
  v.string("must be a name such as SIGTERM"),
  v.check((name) => Object.hasOwn(constants.signals, name), "must be a name such as SIGTERM"),
  v.transform((name) => (constants.signals as Readonly<Record<string, number>>)[name] as number),
);

const schema = v.strictObject({
  /** Signals to replace, each with its replacement: `{ SIGTERM = "SIGINT" }`. SIGKILL is never replaced. */
  map: v.pipe(
    v.record(v.string(), signal),
    v.transform((map) => new Map(Object.entries(map).map(([from, to]) => [numberOf(from), to]))),
  ),
});

/** Replaces the signal that the client asked for, for programs that stop on a different one. */
const plugin: Plugin<v.InferOutput<typeof schema>> = {
  name: "signals",
  apiVersion: 1,
  configSchema: schema,
  hooks: {
    preKill: {
      phase: "mutate",
      handler: ({ signal }, { config, adjust }) => {
        const other = config.map.get(signal);
        if (other !== undefined) adjust.setSignal(other);
      },
    },
  },
};

export default plugin;

function numberOf(name: string): number {
  return (constants.signals as Readonly<Record<string, number | undefined>>)[name] ?? Number.NaN;
}
