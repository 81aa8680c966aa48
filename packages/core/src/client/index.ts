// For programs that are clients of a shim, like containerd.
export { suggestion } from "../errors/nearest.ts";
export { identify, isRunning, type ProcessIdentity, readProcess } from "../native/proc.ts";
export { wire } from "../proto/gen/wire.js";
export { validateId } from "../task/container/identifiers.ts";
export { TaskClient } from "./task-client.ts";
