#!/usr/bin/env node
// Each statement of the engine that waits for rows holds a thread of this pool; four, the default, are soon used up. The size is read
// once, before the first module is loaded by `import`: hence this file is CommonJS.
process.env.UV_THREADPOOL_SIZE ??= "64";

void import("../dist/main.js").then(async ({ main }) => {
  process.exitCode = await main(process.argv.slice(2));
});
