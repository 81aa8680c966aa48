import { writeSync } from "node:fs";
import { wire } from "../../proto/gen/wire.js";
import type { Program } from "../context.ts";
import { libDirOf, readBuild, readSurroundings } from "../surroundings.ts";
import { version } from "../version.ts";
import { readStandardInput } from "./standard-input.ts";

/** Type URL by which containerd decodes the features of a runtime from JSON. */
const featuresTypeUrl = "types.containerd.io/opencontainers/runtime-spec/1/features/Features";

/** Name of the adapter under which the program was called. */
export const runtimeName = (env: NodeJS.ProcessEnv, program: Program): string =>
  env["DUNNAGE_RUNTIME"] || program.defaultRuntime;

/**
 * `-info`: writes a RuntimeInfo. Features that the runtime cannot report are omitted.
 * @see https://github.com/containerd/containerd/blob/main/api/types/introspection.proto
 */
export async function printInfo(env: NodeJS.ProcessEnv, program: Program): Promise<void> {
  const runtime = runtimeName(env, program);
  const input = readStandardInput();
  const options = input.length === 0 ? undefined : wire.Any.decode(input);
  const surroundings = await readSurroundings(env, program);
  const features = await program.features?.(runtime, options, surroundings);
  const info = {
    name: `io.containerd.dunnage-${runtime}.v1`,
    version: { version, revision: readBuild(libDirOf(env)) },
    options: options ?? null,
    features: features === undefined ? null : { type_url: featuresTypeUrl, value: Buffer.from(features) },
  };
  writeSync(1, wire.RuntimeInfo.encode(info).finish());
}

/** `-v`: prints the version, for people. */
export function printVersion(env: NodeJS.ProcessEnv, program: Program): void {
  const build = readBuild(libDirOf(env)) || "source";
  const name = `containerd-shim-dunnage-${runtimeName(env, program)}-v1`;
  writeSync(1, `${name}:\n  Version: ${version}\n  Build:   ${build}\n  Node:    ${process.version}\n`);
}
