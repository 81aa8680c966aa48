import type { Socket } from "node:net";
import { suggestion } from "../../errors/nearest.ts";
import type { Logger } from "../../log/logger.ts";
import type { OpenPlugin } from "../plugin/bind-hooks.ts";
import { trustedPath } from "./trusted-file.ts";

/** The plugin that is being loaded, as its loader sees it. */
export interface PluginLoading {
  /** Its name in the configuration. */
  readonly name: string;
  /** Its `config` table, for plugins without a schema of their own. */
  readonly config: unknown;
  readonly log: Logger;
  /**
   * Call it with the connection to a hook server, a unix socket, before anything is sent.
   * @throws {Error} the process that listens is neither root's nor the daemon user's. Without a C library this is not
   * checked.
   */
  checkPeer(socket: Socket): void;
  /** Call it before reading a file that decides what the plugin does. When the file changes, the plugin is reloaded. */
  watch(path: string): void;
  /** Call it when the plugin's hooks differ from those that were loaded. It is reloaded before the next call. */
  changed(): void;
}

/** A way to name a plugin that is not a module of its own: `builtin:NAME`, `policy:/absolute/path`. */
export interface PluginScheme {
  /**
   * Whether the text after the colon is a file that decides what the daemon does. No other user may be able to change
   * such a file, and its changes take effect at once.
   */
  readonly isFile: boolean;
  /** @throws {Error} with a message for the author of the configuration. */
  load(rest: string, loading: PluginLoading): Promise<OpenPlugin>;
}

/** Schemes by the word before the colon. */
export type PluginSchemes = Readonly<Record<string, PluginScheme>>;

/**
 * Returns the plugin that `use` names, undefined if its scheme is none of these.
 * @throws {Error} it cannot be loaded.
 */
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

/** Returns the file that `use` names, undefined if its scheme has no files. */
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

/** Returns the error for a plugin that does not exist in a scheme that knows its names. */
export function noSuch(what: string, name: string, names: readonly string[]): Error {
  return new Error(`there is no ${what} ${name}${suggestion(name, names)}; there are ${names.join(", ")}`);
}
