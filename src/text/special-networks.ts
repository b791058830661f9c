/** Networks that are not those of the internet. See RFC 6890 and the registries of special addresses of IANA. */

/** Networks inside: private, loopback, link-local. */
export const PRIVATE_NETWORKS: readonly string[] = [
  "10.0.0.0/8",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "fc00::/7",
  "fe80::/10",
  "::1/128",
];

/** Networks besides these that are never seen from outside: reserved, shared, for documentation, multicast. */
export const RESERVED_NETWORKS: readonly string[] = [
  "0.0.0.0/8",
  "100.64.0.0/10",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/128",
  "64:ff9b:1::/48",
  "100::/64",
  "2001:db8::/32",
  "ff00::/8",
];
