import type { HookSource, LoadedHooks } from "../../hooks/chain/live-hooks.ts";
import type { LoadedPlugins } from "../../hooks/loader/load-plugins.ts";
import { WatchedFiles } from "../../hooks/loader/watched-files.ts";
import { type Config, loadConfig } from "../config/config.ts";
import { readConfigRevision } from "../config/config-revision.ts";
import type { Surroundings } from "../context.ts";

/** Callbacks of the code that loads plugins. */
export interface LoadingEvents {
  /** Called before a file is read that decides what a plugin does. */
  watch(path: string): void;
  /** Called when a hook server wants other hooks than those that were loaded. */
  changed(): void;
}

/** Loads the plugins of a configuration. Does not reject: see `loadPlugins`. */
type Load = (config: Config, events: LoadingEvents) => Promise<LoadedPlugins>;

/** The hooks of a daemon's configuration. They follow its files, and the files that its plugins have named. */
export class ConfiguredHooks implements HookSource {
  readonly #surroundings: Surroundings;
  readonly #load: Load;
  #files = new WatchedFiles();
  #changes = 0;
  #loaded: { readonly configId: string; readonly changes: number };
  /** Plugins whose modules this daemon has; undefined: it has the modules of all plugins. */
  #withModule: ReadonlySet<string> | undefined;

  constructor(surroundings: Surroundings, load: Load) {
    this.#surroundings = surroundings;
    this.#load = load;
    this.#loaded = { configId: surroundings.configRevision.id, changes: 0 };
  }

  /** Loads the plugins of the configuration that the daemon started with. */
  async first(): Promise<LoadedPlugins> {
    const loaded = await this.#loadFrom(this.#surroundings.config);
    if (loaded.error !== undefined) this.#withModule = new Set(loaded.plugins.map(({ source }) => source.name));
    return loaded;
  }

  revision(): string {
    return [this.#changes, readConfigRevision(this.#path).id, this.#files.current].join();
  }

  loadedRevision(): string {
    return [this.#loaded.changes, this.#loaded.configId, this.#files.recorded].join();
  }

  async load(): Promise<LoadedHooks> {
    this.#loaded = { configId: readConfigRevision(this.#path).id, changes: this.#changes };
    const { packageRoots } = this.#surroundings.config;
    const loaded = await this.#loadFrom(await loadConfig({ path: this.#path, packageRoots }));
    if (loaded.error !== undefined) throw loaded.error;
    this.#requireModules(loaded);
    return { chain: loaded.hooks, missing: loaded.failures };
  }

  get #path(): string {
    return this.#surroundings.configRevision.path;
  }

  async #loadFrom(config: Config): Promise<LoadedPlugins> {
    const files = new WatchedFiles();
    this.#files = files;
    return await this.#load(config, { watch: (path) => files.watch(path), changed: () => void this.#changes++ });
  }

  /**
   * A module becomes part of the daemon only at its start. If that failed, a later load cannot add the module, and the
   * daemon would not be what the configuration says.
   */
  #requireModules({ plugins, hooks }: LoadedPlugins): void {
    if (this.#withModule === undefined) return;
    const { source } = plugins.find((each) => each.plugin.module && !this.#withModule?.has(each.source.name)) ?? {};
    if (source === undefined) return;
    hooks.close();
    throw new Error(`plugin ${source.name} has a module, and loads too late for this daemon`);
  }
}
