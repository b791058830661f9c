/** Where the fields of Sigma's taxonomy are found, and which events a log source means. Source: the Sigma specification 2.1, appendix taxonomy. */
import type { EventKind } from "../event.ts";
import type { RuleCondition } from "../rule.ts";

/** What a rule's `logsource` says; null where it says nothing. */
export interface SigmaLogSource {
  readonly category: string | null;
  readonly product: string | null;
  readonly service: string | null;
}

const KINDS_BY_CATEGORY: Readonly<Record<string, readonly EventKind[]>> = {
  webserver: ["web"],
  proxy: ["proxy"],
  firewall: ["firewall"],
  authentication: ["auth"],
  dns: ["network"],
  network_connection: ["network"],
};

/** What daemons write lies in files of their own, or in those of syslog and the journal. */
const BY_SYSLOG: readonly EventKind[] = ["auth", "other"];

const KINDS_BY_SERVICE: Readonly<Record<string, readonly EventKind[]>> = {
  apache: ["web"],
  nginx: ["web"],
  iis: ["web"],
  sshd: BY_SYSLOG,
  auth: BY_SYSLOG,
  sudo: BY_SYSLOG,
  syslog: BY_SYSLOG,
  cloudtrail: ["cloud"],
  "aws.cloudtrail": ["cloud"],
};

const KINDS_BY_PRODUCT: Readonly<Record<string, readonly EventKind[]>> = {
  apache: ["web"],
  nginx: ["web"],
  iis: ["web"],
  squid: ["proxy"],
  aws: ["cloud"],
  azure: ["cloud"],
  gcp: ["cloud"],
  okta: ["cloud"],
  zeek: ["network"],
  bro: ["network"],
  cisco: ["firewall"],
  fortinet: ["firewall"],
  fortigate: ["firewall"],
  paloalto: ["firewall"],
};

/** The kinds of events that a log source means; `other` when no kind has a name for it. */
export function kindsOfLogSource({ category, product, service }: SigmaLogSource): readonly EventKind[] {
  return (
    KINDS_BY_CATEGORY[category ?? ""] ??
    KINDS_BY_SERVICE[service ?? ""] ??
    KINDS_BY_PRODUCT[product ?? ""] ?? ["other"]
  );
}

/** Where formats say which of its logs a record of Zeek belongs to. */
const LOG_NAME = "log_name";

/**
 * Fields that only one log of Zeek has, in case that records do not say to which they belong. Source: the Zeek manual, log files.
 */
const FIELDS_OF_ZEEK_LOGS: Readonly<Record<string, readonly string[]>> = {
  conn: ["conn_state", "history"],
  dce_rpc: ["endpoint", "operation"],
  dns: ["dns.question.name", "qtype_name", "rcode_name", "trans_id"],
  files: ["seen_bytes", "tx_hosts"],
  ftp: ["reply_code"],
  http: ["http.request.method", "http.response.status_code", "trans_depth"],
  kerberos: ["request_type"],
  ntlm: ["domainname", "server_dns_computer_name"],
  rdp: ["security_protocol", "client_build", "keyboard_layout"],
  smb_files: ["times.modified", "times.accessed"],
  smb_mapping: ["share_type"],
  smtp: ["mailfrom", "rcptto", "helo"],
  snmp: ["community", "get_requests"],
  software: ["software_type"],
  ssh: ["auth_attempts", "auth_success", "hassh"],
  ssl: ["server_name", "established", "ja3"],
  weird: ["notice"],
  x509: ["certificate.serial", "certificate.subject"],
};

/**
 * What must hold of an event besides its kind to be of a log source; null: nothing. Zeek writes many logs, and a rule for one of them that
 * says what must not be would match all others.
 */
export function conditionOfLogSource({ product, service }: SigmaLogSource): RuleCondition | null {
  if ((product !== "zeek" && product !== "bro") || service === null) return null;
  const isNamed: RuleCondition = {
    kind: "field",
    field: LOG_NAME,
    test: { kind: "equals", text: service, isCased: false },
  };
  const isUnnamed: RuleCondition = { kind: "field", field: LOG_NAME, test: { kind: "is-null" } };
  const own = FIELDS_OF_ZEEK_LOGS[service] ?? [];
  const hasOwn = own.map(
    (field): RuleCondition => ({ kind: "field", field, test: { kind: "exists", exists: true } }),
  );
  const looksLike: RuleCondition =
    own.length === 0
      ? isUnnamed
      : { kind: "all", conditions: [isUnnamed, { kind: "any", conditions: hasOwn }] };
  return { kind: "any", conditions: [isNamed, looksLike] };
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
  action: ["event.action", "action"],
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
  "useridentity.accesskeyid": ["access_key_id"],
  requestid: ["request_id"],
  eventid: ["event_uuid"],
  readonly: ["read_only"],
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
  ["useridentity", "user_more"],
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
