/**
 * Fields of a log line, with containerd's names: `id`, `namespace`, `exec_id`, `pid`, `error`. Never env, annotations
 * or whole specs.
 */
export type LogFields = Readonly<Record<string, unknown>>;

/**
 * A logger. Its levels mean: debug = each RPC, info = life cycle, warn = recovered, error = lost work. Messages are
 * constant and lower case; what varies goes into the fields.
 */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /**
   * Returns a logger that adds `fields` to each line. A field `id` also selects the container whose bundle gets the
   * line.
   */
  with(fields: LogFields): Logger;
}

const ignore = (): void => {};

/** A logger that writes nothing. */
export const silentLogger: Logger = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  with: () => silentLogger,
};
