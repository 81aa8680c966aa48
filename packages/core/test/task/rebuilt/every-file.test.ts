import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";

const root = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

test("tests of the task service – each file – runs once more with rebuilt containers", (t) => {
  const again = globSync("rebuilt/*.test.ts", { cwd: root }).map(read).join("");
  const files = globSync("**/*.test.ts", { cwd: root, exclude: ["rebuilt/*"] });
  const ofTasks = files.filter((path) => read(path).includes("openTasks("));
  t.true(ofTasks.length > 10);
  t.deepEqual(
    ofTasks.filter((path) => !again.includes(`import "../${path}";`)),
    [],
  );
});
