import { join } from "node:path";

/**
 * Directory where Node processes of tests keep compiled modules, and TypeScript without its types. Loading core from it takes a third
 * of the time. It is outside of any installation under test, all tests share it, and it stays.
 */
export const compileCache = join(import.meta.dirname, "../../../../.cache/test-compile-cache");
