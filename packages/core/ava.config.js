export default { extensions: { ts: "module" }, files: ["test/**/*.test.ts"], workerThreads: false, timeout: "2m" };
