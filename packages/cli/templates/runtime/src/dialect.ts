import { lastError, type OciDialect } from "@dunnage/core";

/** How this runtime's command line differs from others. It starts as runc's: put your own command in its place. */
export const dialect: OciDialect = {
  name: "NAME",
  defaultBinary: "runc",
  defaultRoot: "/run/dunnage-NAME",
  errorText: lastError,
  isAbsent: (text) => /container (".*" )?does not exist/.test(text),
  isStopped: (text) => /container not running|process already finished|no such process/i.test(text),
  parsePids: (stdout) => JSON.parse(stdout) ?? [],
};
