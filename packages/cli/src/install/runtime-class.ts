/**
 * Returns the Kubernetes objects by which pods ask for a handler, as YAML.
 * @see https://kubernetes.io/docs/concepts/containers/runtime-class/
 */
export function formatRuntimeClasses(handlers: readonly string[]): string {
  const objects = handlers.map(
    (handler) => `apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata:
  name: ${handler}
handler: ${handler}
`,
  );
  return objects.join("---\n");
}
