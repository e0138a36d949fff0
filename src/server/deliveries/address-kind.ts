/** Where an IP address lies: the internet, a private network, this machine, or where no request of ours may go. */
import ipaddr from "ipaddr.js";

/**
 * `metadata`: where clouds hand out credentials; `reserved`: multicast, broadcast, unspecified, documentation and
 * whatever else no camera or web hook has.
 */
export type AddressKind = "public" | "private" | "loopback" | "link-local" | "metadata" | "reserved";

/** AWS, Azure, Google, DigitalOcean, OpenStack; AWS over IPv6; Alibaba; Oracle; Azure's wire server. */
const METADATA = new Set(["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200", "192.0.0.192"]);
const AZURE_WIRE_SERVER = "168.63.129.16";

/** An IPv4 address inside an IPv6 one counts as itself, whichever way it was put there. */
export function addressKind(address: string): AddressKind {
  if (!ipaddr.isValid(address)) return "reserved";
  const parsed = embedded(ipaddr.process(address.replace(/%.*$/, "")));
  const text = parsed.toString();
  if (METADATA.has(text) || text === AZURE_WIRE_SERVER) return "metadata";
  switch (parsed.range()) {
    case "unicast":
      return "public";
    case "private":
    case "carrierGradeNat":
    case "uniqueLocal":
      return "private";
    case "loopback":
      return "loopback";
    case "linkLocal":
      return "link-local";
    default:
      return "reserved";
  }
}

/** Whether an address lies in one of the networks, given as `10.0.0.0/8` or `fc00::/7`. */
export function isInNetworks(address: string, networks: readonly string[]): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address.replace(/%.*$/, ""));
  return networks.some((network) => {
    const [base, bits] = ipaddr.parseCIDR(network);
    return base.kind() === parsed.kind() && parsed.match([base, bits]);
  });
}

/** NAT64 (RFC 6052, 8215) carries an IPv4 address in its last 32 bits, 6to4 (RFC 3056) behind the first 16. */
function embedded(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  if (address.kind() === "ipv4") return address;
  const bytes = address.toByteArray();
  const range = address.range();
  if (range === "rfc6052") return new ipaddr.IPv4(bytes.slice(12));
  if (range === "6to4") return new ipaddr.IPv4(bytes.slice(2, 6));
  return address;
}
