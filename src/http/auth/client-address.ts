import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

const IPV6_NETWORK_GROUPS = 4;

/**
 * The address that counts as one client. For IPv6 that is the network of 64 bits, because a single client has all its
 * addresses. Headers such as X-Forwarded-For are not read, because their sender chooses them.
 */
export function clientAddress({ socket }: Pick<IncomingMessage, "socket">): string {
  const address = socket.remoteAddress ?? "";
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? networkOf(address) : address;
}

/** `::` replaces the missing groups of zeros. */
function networkOf(address: string): string {
  const [head = "", tail] = address.split("%")[0]?.split("::") ?? [];
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => "0");
  const groups = tail === undefined ? first : [...first, ...zeros, ...last];
  return groups.slice(0, IPV6_NETWORK_GROUPS).join(":");
}
