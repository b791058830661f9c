// Starts a worker from source: registers a loader for TypeScript, then imports the module that the worker's data names. Tests, which have
// built the project and start hundreds of threads, take the worker that was built: it starts in a tenth of the time.
import { workerData } from "node:worker_threads";

const built = /\/([\w-]+)\.ts$/.exec(workerData.entry)?.[1];
if (process.env.TRAWL_TEST_BUILT_WORKERS === "yes" && built !== undefined) {
  await import(new URL(`../../dist/${built}.js`, import.meta.url).href);
} else {
  const { register } = await import("tsx/esm/api");
  register();
  await import(workerData.entry);
}
