import type { ViteUserConfig } from "vitest/config";

// As in bin/trawl.js: statements of the engine that wait for rows hold a thread of this pool each. Set before tests have processes.
process.env["UV_THREADPOOL_SIZE"] ??= "64";
process.env["TRAWL_TEST_BUILT_WORKERS"] = "yes";

const config: ViteUserConfig = {
  test: {
    globalSetup: ["test/set-up.ts"],
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    isolate: false,
    pool: "forks",
    // Tests wait for threads and processes of their own: one process for each core, none left over.
    maxWorkers: "100%",
    testTimeout: 30_000,
  },
};

export default config;
