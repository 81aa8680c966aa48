export { TempDir } from "../../src/testing/temp-dir.ts";
