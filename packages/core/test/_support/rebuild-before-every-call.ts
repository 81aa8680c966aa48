import { rebuildBeforeEveryCall } from "./task-fixture.ts";

// For files that import tests which use `openTasks`, after this one.
rebuildBeforeEveryCall();
