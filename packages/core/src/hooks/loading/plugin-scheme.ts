import type { Socket } from "node:net";
import { suggestion } from "../../errors/nearest.ts";
import type { Logger } from "../../log/logger.ts";
import type { Plugin } from "../plugin.ts";
import { trustedPath } from "./trusted-file.ts";

/** The plugin that is being loaded, as whoever loads it knows it. */
export interface PluginLoading {
  /** In the configuration. */
  readonly name: string;
  /** Its table, for what has no schema of its own. */
  readonly config: unknown;
  readonly log: Logger;
  /**
   * To be called with the connection to a server of hooks, a unix socket, before anything is sent.
   * @throws {Error} somebody listens who is neither root nor the daemon's own user. Without a C library that is not asked.
   */
  checkPeer(socket: Socket): void;
  /** To be called before a file is read that decides what the plugin does: a change of it loads the plugin again. */
  watch(path: string): void;
  /** To be called when its hooks are others than those that were loaded: it is loaded again before the next call. */
  changed(): void;
}

/** A plugin that may hold something, a process or a connection, which ends when it is disposed. */
export type OpenPlugin = Plugin & Partial<Disposable>;

/** Another way to a plugin than a module of its own: `builtin:NAME`, `policy:/absolute/path`. */
export interface PluginScheme {
  /** Whether what follows the colon is a file that decides what the daemon does: nobody else may change it, and changes count at once. */
  readonly isFile: boolean;
  /** @throws {Error} in words for the one who wrote the configuration. */
  load(rest: string, loading: PluginLoading): Promise<OpenPlugin>;
}

/** Schemes by the word before the colon. */
export type PluginSchemes = Readonly<Record<string, PluginScheme>>;

/** Returns the plugin that `use` names, undefined if its scheme is none of these. @throws {Error} it cannot be loaded. */
export async function loadByScheme(
  schemes: PluginSchemes,
  use: string,
  loading: PluginLoading,
): Promise<OpenPlugin | undefined> {
  const found = findScheme(schemes, use);
  if (found === undefined) return undefined;
  if (found.scheme.isFile) trustedPath(found.rest);
  return await found.scheme.load(found.rest, loading);
}

/** Returns the file that `use` names, undefined if its scheme knows none. */
export function fileOf(schemes: PluginSchemes, use: string): string | undefined {
  const found = findScheme(schemes, use);
  return found?.scheme.isFile ? found.rest : undefined;
}

function findScheme(schemes: PluginSchemes, use: string): { scheme: PluginScheme; rest: string } | undefined {
  const colon = use.indexOf(":");
  const name = use.slice(0, colon);
  const scheme = Object.hasOwn(schemes, name) ? schemes[name] : undefined;
  return scheme && { scheme, rest: use.slice(colon + 1) };
}

/** Says that there is no such plugin in a scheme that knows its names. */
export function noSuch(what: string, name: string, names: readonly string[]): Error {
  return new Error(`there is no ${what} ${name}${suggestion(name, names)}; there are ${names.join(", ")}`);
}
