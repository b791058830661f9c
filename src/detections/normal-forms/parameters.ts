/** Takes request targets apart: path, query, and the query's parameters. */

/** A parameter as it stands in the query: encoded. Offsets in the text it was taken from, UTF-16 units. */
export interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly start: number;
  readonly valueStart: number;
  readonly end: number;
}

/** Parameters of one query that are looked at; what is behind them is one parameter more. */
const MOST_PARAMETERS = 1000;

/** The parameters of a query without its `?`: separated by `&`, names by `=`. One without `=` is all name. Cost: linear. */
export function parametersOf(query: string): readonly Parameter[] {
  const parameters: Parameter[] = [];
  for (let start = 0; start < query.length; ) {
    const found = parameters.length < MOST_PARAMETERS ? query.indexOf("&", start) : -1;
    const end = found < 0 ? query.length : found;
    const text = query.slice(start, end);
    const equals = text.indexOf("=");
    const nameLength = equals < 0 ? text.length : equals;
    const valueStart = Math.min(start + nameLength + 1, end);
    if (text !== "") {
      const name = text.slice(0, nameLength);
      parameters.push({ name, value: text.slice(nameLength + 1), start, valueStart, end });
    }
    start = end + 1;
  }
  return parameters;
}

/** Host and port that a proxy is asked for: of an absolute URL, or of `host:port` (CONNECT); null: the target names none. */
export function authorityOfTarget(target: string): string | null {
  const host = /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(target)?.[1];
  return host ?? (/^[^/\s]+:\d{1,5}$/.test(target) ? target : null);
}

/** A request target, apart: `https://example.com/a;b?c=d#e` has the path `/a;b` and the query `c=d#e`; null: it has no query. */
export function splitTarget(target: string): { readonly path: string; readonly query: string | null } {
  const scheme = /^[a-z][a-z0-9+.-]{0,20}:\/\/[^/?#]*/i.exec(target)?.[0].length ?? 0;
  const mark = target.indexOf("?", scheme);
  const path = target.slice(scheme, mark < 0 ? undefined : mark);
  return { path: path === "" && scheme > 0 ? "/" : path, query: mark < 0 ? null : target.slice(mark + 1) };
}
