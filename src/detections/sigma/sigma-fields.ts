/** Where the fields of Sigma's taxonomy are found, and which events a log source means. Source: the Sigma specification 2.1, appendix taxonomy. */
import type { EventKind } from "../event.ts";

/** What a rule's `logsource` says; null where it says nothing. */
export interface SigmaLogSource {
  readonly category: string | null;
  readonly product: string | null;
  readonly service: string | null;
}

const KIND_BY_CATEGORY: Readonly<Record<string, EventKind>> = {
  webserver: "web",
  proxy: "proxy",
  firewall: "firewall",
  authentication: "auth",
  dns: "network",
  network_connection: "network",
};

const KIND_BY_SERVICE: Readonly<Record<string, EventKind>> = {
  apache: "web",
  nginx: "web",
  iis: "web",
  sshd: "auth",
  auth: "auth",
  sudo: "auth",
  cloudtrail: "cloud",
  "aws.cloudtrail": "cloud",
};

const KIND_BY_PRODUCT: Readonly<Record<string, EventKind>> = {
  apache: "web",
  nginx: "web",
  iis: "web",
  squid: "proxy",
  aws: "cloud",
  azure: "cloud",
  gcp: "cloud",
  okta: "cloud",
  zeek: "network",
  bro: "network",
  cisco: "firewall",
  fortinet: "firewall",
  fortigate: "firewall",
  paloalto: "firewall",
};

/** The kind of events that a log source means; `other` when no kind has a name for it. */
export function kindOfLogSource({ category, product, service }: SigmaLogSource): EventKind {
  return (
    KIND_BY_CATEGORY[category ?? ""] ??
    KIND_BY_SERVICE[service ?? ""] ??
    KIND_BY_PRODUCT[product ?? ""] ??
    "other"
  );
}

/**
 * Fields of the taxonomy and their ECS names. Where there are several, any of them counts: public rules write paths in `cs-uri-query`,
 * since some products log path and query as one.
 */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  "c-ip": ["source.ip"],
  clientip: ["source.ip"],
  client_ip: ["source.ip"],
  src_ip: ["source.ip"],
  sourceipaddress: ["source.ip", "source.domain"],
  "id.orig_h": ["source.ip"],
  "c-port": ["source.port"],
  src_port: ["source.port"],
  "id.orig_p": ["source.port"],
  dst_ip: ["destination.ip"],
  "s-ip": ["destination.ip"],
  "r-ip": ["destination.ip"],
  "id.resp_h": ["destination.ip"],
  dst_port: ["destination.port", "url.port"],
  "s-port": ["destination.port"],
  "r-port": ["destination.port", "url.port"],
  "id.resp_p": ["destination.port"],
  "cs-method": ["http.request.method"],
  method: ["http.request.method"],
  "cs-uri": ["url.original"],
  "c-uri": ["url.original"],
  uri: ["url.original"],
  "cs-uri-stem": ["url.path"],
  "c-uri-stem": ["url.path"],
  "cs-uri-query": ["url.query", "url.original"],
  "c-uri-query": ["url.query", "url.original"],
  "c-uri-extension": ["url.extension"],
  "cs-uri-extension": ["url.extension"],
  "cs-host": ["url.domain"],
  "r-dns": ["url.domain", "destination.domain"],
  "r-host": ["url.domain", "destination.domain"],
  host: ["url.domain", "host.hostname"],
  "cs-user-agent": ["user_agent.original"],
  "c-useragent": ["user_agent.original"],
  useragent: ["user_agent.original"],
  user_agent: ["user_agent.original"],
  "cs-referer": ["http.request.referrer"],
  "cs-referrer": ["http.request.referrer"],
  referrer: ["http.request.referrer"],
  "cs-cookie": ["http.request.cookie"],
  "cs-version": ["http.version"],
  "cs-username": ["user.name"],
  username: ["user.name"],
  "sc-status": ["http.response.status_code"],
  status_code: ["http.response.status_code"],
  "sc-bytes": ["http.response.bytes"],
  "cs-bytes": ["http.request.bytes"],
  "cs-mime-type": ["http.response.mime_type"],
  resp_mime_types: ["http.response.mime_type", "resp_mime_types"],
  action: ["event.action"],
  protocol: ["network.transport", "network.protocol"],
  eventname: ["event.action"],
  eventsource: ["event.provider"],
  errorcode: ["error.code"],
  errormessage: ["error.message"],
  awsregion: ["cloud.region"],
  "useridentity.type": ["user_type"],
  "useridentity.arn": ["user_arn"],
  "useridentity.principalid": ["principal_id"],
  "useridentity.accountid": ["cloud.account.id"],
  "useridentity.username": ["user.name"],
  "useridentity.invokedby": ["invoked_by"],
  recipientaccountid: ["recipient_account_id"],
  eventtype: ["event_type"],
  query: ["dns.question.name"],
  pam_user: ["user.name"],
  pam_rhost: ["source.ip", "source.domain"],
};

/** Parts of records that are objects in the shipped formats, by how Sigma begins their members' names. */
const OBJECTS: readonly (readonly [string, string])[] = [
  ["requestparameters", "request_parameters"],
  ["responseelements", "response_elements"],
  ["useridentity.sessioncontext", "session_context"],
];

/** ECS names of a field of Sigma, or its own name where ECS has none: events know the fields of their format too. */
export function fieldsOfSigma(name: string): readonly string[] {
  const lower = name.toLowerCase();
  const known = FIELDS[lower];
  if (known !== undefined) return known;
  for (const [prefix, field] of OBJECTS) {
    if (lower === prefix) return [field];
    if (lower.startsWith(`${prefix}.`)) return [`${field}${name.slice(prefix.length)}`];
  }
  return [name];
}
