import { basename } from "node:path";
import { definePlugin } from "@dunnage/core";

export default definePlugin({
  name: "no-shell",
  apiVersion: 1,
  hooks: {
    preExec({ process }, { deny }) {
      const program = basename(process.args?.[0] ?? "");
      if (["sh", "bash"].includes(program)) deny(`${program} is not allowed here`);
    },
  },
});
