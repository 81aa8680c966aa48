/** The configuration is wrong. The message has one line per problem, each with file, line and key; there is at least one. */
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
