"use strict";
// Preloaded (node --require) before the load.cjs of an installation: writes program.code when the process ends.
const { writeFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const vm = require("node:vm");

vm.Script = class extends vm.Script {
  constructor(source, options) {
    super(source, options);
    process.once("exit", () => writeFileSync(join(dirname(options.filename), "program.code"), this.createCachedData()));
  }
};
