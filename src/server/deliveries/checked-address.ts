/**
 * Turns a host into the one address a request may go to, checked. The request is then made to that very address: a name
 * that answers otherwise a moment later (DNS rebinding) changes nothing.
 */
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { PlateKitError } from "../../core/errors.ts";
import { type AddressKind, addressKind, isInNetworks } from "./address-kind.ts";

export interface AddressPolicy {
  readonly allowPrivate: boolean;
  readonly allowLoopback: boolean;
  /** When given, private and loopback addresses outside these are refused even where allowed. */
  readonly networks?: readonly string[] | undefined;
}

export const PUBLIC_ONLY: AddressPolicy = { allowPrivate: false, allowLoopback: false };

export interface CheckedAddress {
  readonly address: string;
  readonly family: 4 | 6;
  readonly kind: AddressKind;
}

/** All addresses of a name. */
export type LookupAll = (host: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** The system's resolver, which also knows `0177.1`, `2130706433` and `0x7f.1` for what they are. */
const systemLookup: LookupAll = (host) => lookup(host, { all: true, verbatim: true });

/** What is wrong with an address under a policy; null when nothing is. */
export function refusal(address: string, policy: AddressPolicy): string | null {
  const kind = addressKind(address);
  switch (kind) {
    case "public":
      return null;
    case "private":
    case "loopback": {
      const isAllowed = kind === "private" ? policy.allowPrivate : policy.allowLoopback;
      if (!isAllowed)
        return `a ${kind} address, which is not allowed here; allow the own network for it if it is meant`;
      if (policy.networks === undefined || isInNetworks(address, policy.networks)) return null;
      return `a ${kind} address outside the networks allowed (${policy.networks.join(", ")})`;
    }
    case "metadata":
    case "link-local":
    case "reserved":
      return `a ${kind} address, to which nothing is ever sent`;
  }
}

/**
 * The address of a host that the policy allows.
 *
 * @param host as in a URL's `hostname`: a name, an IPv4 address, or an IPv6 one in brackets.
 * @throws PlateKitError ADDRESS_REFUSED when any of its addresses is refused; ADDRESS_UNKNOWN when it has none.
 */
export async function checkedAddress(
  host: string,
  policy: AddressPolicy,
  lookupAll: LookupAll = systemLookup,
): Promise<CheckedAddress> {
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  if (bare === "" || !/^[\p{L}\p{N}._:%-]+$/u.test(bare)) {
    throw new PlateKitError("ADDRESS_REFUSED", `"${printable(host)}" is no name of a host; check the address.`);
  }
  const family = isIP(bare);
  const found =
    family > 0
      ? [{ address: bare, family }]
      : await lookupAll(bare).catch((cause: unknown) => {
          throw new PlateKitError(
            "ADDRESS_UNKNOWN",
            `${bare}: has no address; check the spelling and the network's DNS.`,
            {
              cause,
            },
          );
        });
  for (const { address } of found) {
    const why = refusal(address, policy);
    // One refused address among good ones would be used on another try.
    if (why !== null) {
      const named = address === bare ? bare : `${bare} (${address})`;
      throw new PlateKitError("ADDRESS_REFUSED", `${named} is ${why}.`);
    }
  }
  const first = found[0];
  if (first === undefined) {
    throw new PlateKitError("ADDRESS_UNKNOWN", `${bare}: has no address; check the spelling and the network's DNS.`);
  }
  return { address: first.address, family: first.family === 6 ? 6 : 4, kind: addressKind(first.address) };
}

function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
}
