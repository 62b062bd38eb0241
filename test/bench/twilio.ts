import twilio from "twilio";
import RequestClient from "twilio/lib/base/RequestClient.js";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { TextMessage } from "../../src/domain/deliver/message.ts";
import { openTwilio } from "../../src/providers/twilio/twilio.ts";
import { interaction } from "../ids.ts";
import { compare, type Comparison, shareOf } from "./compare.ts";
import { insertPortfolio, type BenchResult, type Scene } from "./scene.ts";
import { deliverThrough, sendBare, type SinkCase, startSink } from "./wire.ts";

const SLOTS = 20;
const ACCOUNT = { accountSid: `AC${"0".repeat(32)}`, authToken: "bench", from: "+15005550006" };
const CASES: readonly SinkCase[] = [
  { name: "twilio", answersAfterMs: 0, count: shareOf(3_000) },
  { name: "twilio: answers after 50 ms", answersAfterMs: 50, count: shareOf(2_000) },
];

/**
 * Sends texts through the whole of Tidings to a local sink. The other sides send the same messages with as many calls at once: a bare
 * loop over our own transport, and the twilio library with its own HTTP client as a user would write it.
 */
export async function benchTwilio(scene: Scene): Promise<readonly BenchResult[]> {
  await insertPortfolio(scene, Math.max(...CASES.map(({ count }) => count)));
  const results: BenchResult[] = [];
  for (const sinkCase of CASES) results.push(await compareTexts(scene, sinkCase));
  return results;
}

async function compareTexts(scene: Scene, sinkCase: SinkCase): Promise<Comparison> {
  const { name, count } = sinkCase;
  await using sink = await startSink("twilio", sinkCase);
  const apiUrl = `http://127.0.0.1:${sink.port}`;
  const provider = openTwilio({ ...ACCOUNT, apiUrl, slots: SLOTS });
  const client = twilio(ACCOUNT.accountSid, ACCOUNT.authToken, { httpClient: clientOf(apiUrl) });
  const carrier = createChannel(provider, readConfig({}).channels.text);
  const loop = { count, inFlight: SLOTS, postgres: scene };
  let turn = 0;
  const comparison = await compare({
    name,
    ours: () =>
      deliverThrough(scene, carrier, { name: `${name} ${(turn += 1)}`, channel: "text", count }),
    others: {
      "a bare loop over our transport": () =>
        sendBare({ ...loop, send: (n) => provider.send(messageOf(n)) }),
      "a bare loop over the twilio library": () =>
        sendBare({
          ...loop,
          send: (n) => client.messages.create({ from: ACCOUNT.from, ...contentsOf(n) }),
        }),
    },
  });
  await provider.close();
  return comparison;
}

/** The library's own HTTP client. It calls the sink, because the library has no setting for that. */
function clientOf(apiUrl: string): RequestClient {
  const client = new RequestClient();
  const request = client.request.bind(client);
  client.request = (options) =>
    request({ ...options, uri: options.uri.replace("https://api.twilio.com", apiUrl) });
  return client;
}

const contentsOf = (n: number) => ({
  to: `+1614555${String(n % 10_000).padStart(4, "0")}`,
  body: `Example Lender: we have received what you sent us about your case ${n}.`,
});

const messageOf = (n: number): TextMessage => ({
  channel: "text",
  interactionId: interaction(n),
  ...contentsOf(n),
});
