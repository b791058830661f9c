// Starts a worker from source: registers a loader for TypeScript, then imports the module that the worker's data names.
import { workerData } from "node:worker_threads";
import { register } from "tsx/esm/api";

register();
await import(workerData.entry);
