import { join } from "node:path";

/**
 * Directory where the tests' Node processes cache compiled modules and TypeScript with its types stripped. With it,
 * loading core takes a third of the time. It is outside any installation under test, shared by all tests, and not
 * removed.
 */
export const compileCache = join(import.meta.dirname, "../../../../.cache/test-compile-cache");
