/** A plugin that may have to come before or after others. */
export interface Ordered {
  readonly name: string;
  /** Names of plugins; those that are not configured are ignored. */
  readonly before?: readonly string[] | undefined;
  readonly after?: readonly string[] | undefined;
}

/**
 * Returns the plugins in the order of the configuration, moved only as far as `before` and `after` require.
 * @throws {Error} they form a cycle; the message names it.
 */
export function orderPlugins<T extends Ordered>(plugins: readonly T[]): readonly T[] {
  const earlier = new Map(plugins.map(({ name, after = [] }) => [name, new Set(after)]));
  for (const { name, before = [] } of plugins) for (const other of before) earlier.get(other)?.add(name);
  const ordered = new Set<T>();
  const visit = (plugin: T, path: readonly string[]): void => {
    if (ordered.has(plugin)) return;
    const trail = [...path, plugin.name];
    if (path.includes(plugin.name))
      throw new Error(`order of plugins goes round in a circle: ${trail.join(" after ")}`);
    for (const other of plugins) if (earlier.get(plugin.name)?.has(other.name)) visit(other, trail);
    ordered.add(plugin);
  };
  for (const plugin of plugins) visit(plugin, []);
  return [...ordered];
}
