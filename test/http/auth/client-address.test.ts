import { expect, test } from "vitest";
import { clientAddress } from "../../../src/http/auth/client-address.ts";

const addressOf = (remoteAddress: string | undefined): string =>
  clientAddress({ socket: { remoteAddress } as never });

test.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2"],
  ["2001:db8:1:2::9", "2001:db8:1:2"],
  ["2001:db8::9", "2001:db8:0:0"],
  ["::1", "0:0:0:0"],
  ["fe80::1%eth0", "fe80:0:0:0"],
  [undefined, ""],
])("%s counts as %s", (remote, counted) => {
  expect(addressOf(remote)).toBe(counted);
});
