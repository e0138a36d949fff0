import assert from "node:assert/strict";
import { test } from "node:test";
import { addressKind, isInNetworks } from "../../../src/server/deliveries/address-kind.ts";
import { type AddressPolicy, checkedAddress, PUBLIC_ONLY } from "../../../src/server/deliveries/checked-address.ts";

const kinds = [
  ["", "reserved"],
  ["no address", "reserved"],
  ["8.8.8.8", "public"],
  ["2606:4700::1111", "public"],
  ["10.1.2.3", "private"],
  ["172.16.0.1", "private"],
  ["172.32.0.1", "public"],
  ["192.168.1.1", "private"],
  ["100.64.0.1", "private"],
  ["fd12:3456::1", "private"],
  ["127.0.0.1", "loopback"],
  ["127.255.255.254", "loopback"],
  ["::1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["::127.0.0.1", "loopback"],
  ["64:ff9b::7f00:1", "loopback"],
  ["2002:7f00:1::", "loopback"],
  ["::ffff:10.0.0.1", "private"],
  ["64:ff9b::808:808", "public"],
  ["169.254.1.1", "link-local"],
  ["fe80::1", "link-local"],
  ["fe80::1%eth0", "link-local"],
  ["169.254.169.254", "metadata"],
  ["::ffff:169.254.169.254", "metadata"],
  ["64:ff9b::a9fe:a9fe", "metadata"],
  ["2002:a9fe:a9fe::", "metadata"],
  ["fd00:ec2::254", "metadata"],
  ["FD00:0EC2:0000::254", "metadata"],
  ["100.100.100.200", "metadata"],
  ["168.63.129.16", "metadata"],
  ["0.0.0.0", "reserved"],
  ["::", "reserved"],
  ["0.1.2.3", "reserved"],
  ["224.0.0.1", "reserved"],
  ["255.255.255.255", "reserved"],
  ["240.0.0.1", "reserved"],
  ["192.0.2.1", "reserved"],
  ["198.18.0.1", "reserved"],
  ["ff02::1", "reserved"],
  ["2001:db8::1", "reserved"],
  ["2001::1", "reserved"],
] as const;
for (const [address, expected] of kinds) {
  test(`addressKind: "${address}" is ${expected}`, () => assert.equal(addressKind(address), expected));
}

test("isInNetworks: an address is in a network that holds it, also when mapped into IPv6", () => {
  assert.equal(isInNetworks("10.1.2.3", []), false);
  assert.equal(isInNetworks("10.1.2.3", ["fc00::/7", "10.0.0.0/8"]), true);
  assert.equal(isInNetworks("::ffff:10.1.2.3", ["10.0.0.0/8"]), true);
  assert.equal(isInNetworks("11.1.2.3", ["10.0.0.0/8"]), false);
});

const INSIDE: AddressPolicy = { allowPrivate: true, allowLoopback: true };
const answers =
  (...addresses: string[]) =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const refused = [
  { name: "an empty host", host: "", policy: INSIDE, code: "ADDRESS_REFUSED" },
  { name: "a host with a line break", host: "a\r\nb", policy: INSIDE, code: "ADDRESS_REFUSED" },
  { name: "loopback", host: "127.0.0.1", policy: PUBLIC_ONLY, code: "ADDRESS_REFUSED" },
  { name: "loopback in brackets", host: "[::1]", policy: PUBLIC_ONLY, code: "ADDRESS_REFUSED" },
  { name: "loopback by name", host: "localhost", policy: PUBLIC_ONLY, code: "ADDRESS_REFUSED" },
  { name: "loopback as a number", host: "2130706433", policy: PUBLIC_ONLY, code: "ADDRESS_REFUSED" },
  { name: "loopback in octal", host: "0177.0.0.1", policy: PUBLIC_ONLY, code: "ADDRESS_REFUSED" },
  { name: "loopback in hexadecimal", host: "0x7f.1", policy: PUBLIC_ONLY, code: "ADDRESS_REFUSED" },
  { name: "loopback where only private is allowed", host: "127.0.0.1", policy: { allowPrivate: true, allowLoopback: false }, code: "ADDRESS_REFUSED" },
  { name: "private outside the networks", host: "10.0.0.1", policy: { ...INSIDE, networks: ["192.168.0.0/16"] }, code: "ADDRESS_REFUSED" },
  { name: "metadata whatever is allowed", host: "169.254.169.254", policy: INSIDE, code: "ADDRESS_REFUSED" },
  { name: "metadata as a number", host: "2852039166", policy: INSIDE, code: "ADDRESS_REFUSED" },
  { name: "this network", host: "0.0.0.0", policy: INSIDE, code: "ADDRESS_REFUSED" },
  { name: "a name whose DNS answers a private address", host: "rebind.example", policy: PUBLIC_ONLY, lookup: answers("192.168.0.1"), code: "ADDRESS_REFUSED" },
  { name: "a name with a private address among public ones", host: "mixed.example", policy: PUBLIC_ONLY, lookup: answers("8.8.8.8", "10.0.0.1"), code: "ADDRESS_REFUSED" },
  { name: "a name whose DNS answers IPv6-mapped metadata", host: "rebind.example", policy: INSIDE, lookup: answers("::ffff:169.254.169.254"), code: "ADDRESS_REFUSED" },
  { name: "a name without an address", host: "none.example", policy: INSIDE, lookup: answers(), code: "ADDRESS_UNKNOWN" },
  { name: "a name that does not exist", host: "does-not-exist.invalid", policy: INSIDE, code: "ADDRESS_UNKNOWN" },
] as const; // biome-ignore format: one case a line
for (const { name, host, policy, code, ...rest } of refused) {
  test(`checkedAddress refuses ${name}`, async () => {
    const lookup = "lookup" in rest ? rest.lookup : undefined;
    await assert.rejects(checkedAddress(host, policy, lookup), { code });
  });
}

test("checkedAddress gives the address that was checked", async () => {
  assert.deepEqual(await checkedAddress("a.example", PUBLIC_ONLY, answers("8.8.8.8", "2606:4700::1111")), {
    ...{ address: "8.8.8.8", family: 4, kind: "public" },
  });
  assert.equal((await checkedAddress("[::1]", INSIDE)).family, 6);
  assert.equal((await checkedAddress("192.168.3.4", { ...INSIDE, networks: ["192.168.0.0/16"] })).kind, "private");
  assert.equal((await checkedAddress("2130706433", INSIDE)).address, "127.0.0.1");
});
