"use strict";
// What Node runs in an installation, as shim.cjs: the program with V8's compiled code of everything that the build saw it
// execute. Node's own compile cache keeps only what V8 compiles before a file runs. Code of another V8 is ignored.
const { existsSync, readFileSync } = require("node:fs");
const vm = require("node:vm");

const filename = `${__dirname}/program.js`;
const code = `${__dirname}/program.code`;
// latin1: the bundle is ASCII.
const source = `(function(exports,require,module,__filename,__dirname){${readFileSync(filename, "latin1")}\n})`;
const script = new vm.Script(source, {
  filename,
  cachedData: existsSync(code) ? readFileSync(code) : undefined,
  importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
});
// Seen by the build only, which fails then: the launcher switches warnings off.
if (script.cachedDataRejected) process.emitWarning("the compiled code is not this V8's, or was made under other flags");
script.runInThisContext()(exports, require, module, filename, __dirname);
