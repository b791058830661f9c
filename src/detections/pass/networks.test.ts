import { describe, expect, test } from "vitest";
import { eventsOfLog } from "../log-events.testing.ts";
import { clientOf } from "./client-identity.ts";
import { addressBits, containsAddress, networkOf, parseNetwork } from "./networks.ts";

describe("networks", () => {
  test("are around addresses of both kinds", () => {
    expect(networkOf("192.0.2.77")).toBe("192.0.2.0/24");
    expect(networkOf("::ffff:192.0.2.77")).toBe("192.0.2.0/24");
    expect(networkOf("2001:db8:0:0:0:0:0:5")).toBe("2001:db8:0::/48");
    expect(networkOf("host.example.com")).toBeNull();
  });

  test("hold the addresses between their ends", () => {
    const network = parseNetwork("192.0.2.128/25");
    const holds = (address: string) => network !== null && containsAddress(network, address);
    expect(["192.0.2.127", "192.0.2.128", "192.0.2.255", "192.0.3.0", "::1"].map(holds)).toEqual([
      false,
      true,
      true,
      false,
      false,
    ]);
  });

  test("are refused when they are none", () => {
    const wrong = [
      "",
      "/",
      "192.0.2.0/33",
      "192.0.2/24",
      "192.0.2.256",
      "2001:db8::/129",
      "1::2::3/8",
      "192.0.2.0/",
    ];
    expect(wrong.map(parseNetwork)).toEqual(wrong.map(() => null));
    expect(addressBits(":".repeat(100_000))).toBeNull();
  });
});

describe("the client of an event", () => {
  const [item] = eventsOfLog('10.0.0.1 - - [01/Oct/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 1', "a.log");
  const event =
    item === undefined
      ? undefined
      : {
          ...item.event,
          value: (field: string) =>
            field === "client.address" ? "198.51.100.1, 203.0.113.5, 10.0.0.2" : item.event.value(field),
        };
  const proxies = ["10.0.0.0/8"].flatMap((text) => parseNetwork(text) ?? []);

  test("is the address that connected, whatever the header says", () => {
    expect(event && clientOf([])(event)).toBe("10.0.0.1");
  });

  test("is the last address of the header that is no trusted proxy, when a trusted one connected", () => {
    expect(event && clientOf(proxies)(event)).toBe("203.0.113.5");
  });
});
