import twilio from "twilio";
import type RequestClient from "twilio/lib/base/RequestClient.js";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import { openTwilioHttp } from "../../src/providers/twilio/http.ts";
import { openTwilio } from "../../src/providers/twilio/twilio.ts";
import { compare, report } from "./compare.ts";
import { insertPortfolio, type Scene } from "./scene.ts";
import { deliverThrough, NOTICES, sendBare, startSink } from "./wire.ts";

const SLOTS = 20;
const ACCOUNT = { accountSid: `AC${"0".repeat(32)}`, authToken: "bench", from: "+15005550006" };

/**
 * Sends texts through the whole of Tidings to a lean local sink; the other side is a bare loop over the same twilio
 * client.
 */
export async function benchTwilio(scene: Scene): Promise<void> {
  await insertPortfolio(scene, NOTICES);
  const sink = await startSink("twilio");
  const apiUrl = `http://127.0.0.1:${sink.port}`;
  const provider = openTwilio({ ...ACCOUNT, apiUrl, slots: SLOTS });
  const wire = openTwilioHttp({ apiUrl, slots: SLOTS, deadlineMs: 10_000 });
  const client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken, {
    httpClient: wire as unknown as RequestClient,
  });
  const carrier = createChannel(provider, readConfig({}).channels.text);
  let turn = 0;
  const bare = (n: number): Promise<unknown> =>
    client.messages.create({
      from: ACCOUNT.from,
      to: `+1614555${String(n % 10_000).padStart(4, "0")}`,
      body: `Example Lender: we have received what you sent us about your case ${n}.`,
    });
  report(
    await compare({
      name: "twilio",
      baseline: "a bare loop over the same twilio client, the same messages and calls at once",
      ours: () => deliverThrough(scene, carrier, { name: `TEXT-${(turn += 1)}`, channel: "text" }),
      theirs: () => sendBare(NOTICES, SLOTS, bare),
    }),
  );
  wire.close();
  await provider.close();
  sink.close();
}
