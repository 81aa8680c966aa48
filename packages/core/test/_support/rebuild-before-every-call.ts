import { rebuildBeforeEveryCall } from "./task-verbs.ts";

// For files that import tests which use `openTasks`, after this one.
rebuildBeforeEveryCall();
