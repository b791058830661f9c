/** One request in the demo's log. */
export interface Hit {
  readonly address: string;
  readonly atMs: number;
  readonly method: string;
  readonly uri: string;
  readonly status: number;
  readonly bytes: number;
  readonly referrer: string;
  readonly agent: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The request as a line of a combined access log, with its line feed. */
export function printHit(hit: Hit): string {
  const { address, atMs, method, uri, status, bytes, referrer, agent } = hit;
  const [year, month, day] = new Date(atMs).toISOString().slice(0, 10).split("-");
  const clock = new Date(atMs).toISOString().slice(11, 19);
  const time = `${day}/${MONTHS[Number(month) - 1]}/${year}:${clock} +0000`;
  const size = bytes === 0 ? "-" : String(bytes);
  return `${address} - - [${time}] "${method} ${uri} HTTP/1.1" ${status} ${size} "${referrer}" "${agent}"\n`;
}
