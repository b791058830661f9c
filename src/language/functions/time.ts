/** Functions about time. Parts of a time are those of the query's time zone. */
import { type FunctionEntry, type FunctionText, functionsOf, gives, optional, required } from "./entry.ts";

function part(spelling: string, description: string): FunctionText {
  const signatures = [gives("integer", required("time", "time"))];
  return { spelling, signatures, description, example: `${spelling}(timestamp)` };
}

/** The list. */
export const TIME_FUNCTIONS: readonly FunctionEntry[] = functionsOf("time", [
  {
    spelling: "NOW",
    signatures: [gives("timestamp")],
    description: "The query's clock, the same time everywhere in it.",
    example: "now()[-1 day]",
  },
  part("YEAR", "The year of a time."),
  part("MONTH", "The month of a time, 1 to 12."),
  part("DAY", "The day of the month, 1 to 31."),
  part("HOUR", "The hour of a time, 0 to 23."),
  part("MINUTE", "The minute of a time, 0 to 59."),
  part("SECOND", "The second of a time, 0 to 59."),
  part("DAY_OF_WEEK", "The day of the week, 1 for Monday to 7 for Sunday."),
  {
    spelling: "STR_TO_TIME",
    signatures: [
      gives(
        "timestamp",
        required("text", "string"),
        optional("format", "string"),
        optional("zone", "string"),
      ),
    ],
    description: "The text read as a time by a format of the pattern language, NULL when it does not fit.",
    example: "STR_TO_TIME(text, 'dd/MMM/yyyy:HH:mm:ss Z')",
  },
  {
    spelling: "TIME_TO_STR",
    signatures: [
      gives("string", required("time", "time"), optional("format", "string"), optional("zone", "string")),
    ],
    description: "The time written by a format of the pattern language.",
    example: "TIME_TO_STR(timestamp, 'yyyy-MM-dd')",
  },
]);
