/** Runs the command line of this process from source: `npm run dev`. */
import { main } from "./main.ts";

process.exitCode = await main(process.argv.slice(2));
