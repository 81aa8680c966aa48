// Only for the packages of this repository, and not covered by semver: any release may change or remove these exports.

export { type Config, defaultConfig, loadConfig } from "./bootstrap/config/config.ts";
export { ConfigError } from "./bootstrap/config/config-error.ts";
export { type KeyLines, lineOf, tomlKeys } from "./bootstrap/config/toml-lines.ts";
export { daemonFiles, defaultRuntimeDir, Paths } from "./bootstrap/group/paths.ts";
export { type Registration, readRegistration } from "./bootstrap/group/registration.ts";
export { listStaleDaemons, type StaleDaemon } from "./bootstrap/group/stale-hooks.ts";
export { loadChain } from "./bootstrap/hooks/load-hooks.ts";
export { serverScheme, withOwnSchemes } from "./bootstrap/plugins/hook-servers.ts";
export { configPath, readBuild } from "./bootstrap/surroundings.ts";
export { version } from "./bootstrap/version.ts";
export type { AuditEntry } from "./hooks/audit/audit-entry.ts";
export type { HookChain } from "./hooks/chain.ts";
export type { LoadedPlugins } from "./hooks/loading/load-plugins.ts";
export { noSuch } from "./hooks/loading/plugin-scheme.ts";
export { trustedPath, trustedSocket } from "./hooks/loading/trusted-file.ts";
export type { HookTransport } from "./hooks/remote/hook-transport.ts";
export { completeEvent, type WrittenEvent } from "./hooks/requests/complete-event.ts";
export { judge } from "./hooks/requests/judge.ts";
export type { ExpectedChange, ExpectedVerdict, RecordedRequest } from "./hooks/requests/recorded-request.ts";
export { parseHostFile, parseStdioUri } from "./io/stdio-uri.ts";
export { type HostPath, resolveHostPath } from "./mount/host-path.ts";
export { MountTable } from "./native/mount-table.ts";
export { parseMountinfo } from "./native/mountinfo.ts";
export { isExecutable } from "./reaper/child-environment.ts";
export { parseExactJson } from "./spec/exact-json.ts";
export { isTable } from "./spec/table.ts";
export { readJournal } from "./task/container/journal.ts";
