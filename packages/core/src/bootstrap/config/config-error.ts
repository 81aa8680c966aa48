/** An invalid configuration. The message has one line per problem, at least one, each with file, line and key. */
export class ConfigError extends Error {
  static {
    ConfigError.prototype.name = "ConfigError";
  }

  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    super(problems.join("\n"), options);
    this.problems = problems;
  }
}
