import { mkdtempDisposableSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plugin } from "@dunnage/core";
import { policyPlugin } from "../../src/index.ts";

/** The two lines at the start of every policy file. */
export const head = 'apiVersion = "dunnage/v1"\nname = "p"\n';

/** Returns a validation. */
export const rule = (name: string, expression: string): string =>
  `[[validations]]\nname = "${name}"\nexpression = '''${expression}'''\n`;

export const variable = (name: string, expression: string): string =>
  `[[variables]]\nname = "${name}"\nexpression = '''${expression}'''\n`;

export const annotation = (key: string, expression: string): string =>
  `[[auditAnnotations]]\nkey = "${key}"\nvalueExpression = '''${expression}'''\n`;

export const condition = (name: string, expression: string): string =>
  `[[matchConditions]]\nname = "${name}"\nexpression = '''${expression}'''\n`;

/** Returns the plugin of a policy file with this text after its head. */
export function pluginOf(text: string, config?: unknown): Plugin {
  using dir = mkdtempDisposableSync(join(tmpdir(), "policy-"));
  const path = join(dir.path, "p.toml");
  writeFileSync(path, head + text);
  return policyPlugin(path, config);
}
