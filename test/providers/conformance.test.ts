import { afterEach, describe, expect, test } from "vitest";
import type { ProviderAnswer } from "../../src/domain/provider-answer.ts";
import type { Provider } from "../../src/providers/answer/provider.ts";
import type { Loopback } from "../../src/providers/sandbox/loopback.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { openTwilio } from "../../src/providers/twilio/twilio.ts";
import { openCuttingProxy, type Cut } from "./cutting-proxy.ts";
import { email, text } from "./messages.ts";
import { NEVER_MS } from "../never.ts";
import { pastDeadline } from "./past-deadline.ts";
import * as http from "./scripted-http.ts";
import * as smtp from "./scripted-smtp.ts";

/** For conversations that end the same way whenever their deadline passes. */
const DEADLINE_MS = 200;

/** The other end of a wire, and how many messages reached it whole. */
interface Peer extends Loopback {
  taken(): number;
}

/** The data that the suite needs about a provider. */
interface Wire {
  readonly name: string;
  /** One message, as the provider sends it. */
  send(provider: Provider): Promise<ProviderAnswer>;
  open(port: number, deadlineMs: number): Provider;
  /** Takes everything. */
  polite(): Promise<Peer>;
  /** Takes the first message and never answers; then takes everything. */
  silentOnce(): Promise<Peer>;
  /** Bytes between two cuts: a long request need not be cut at every byte. */
  readonly stride: Record<Cut["side"], number>;
}

const smtpPeer = (peer: smtp.ScriptedSmtp): Peer => ({ ...peer, taken: () => peer.mails.length });
const httpPeer = (peer: http.ScriptedHttp): Peer => ({ ...peer, taken: () => peer.forms.length });

const WIRES: readonly Wire[] = [
  {
    name: "smtp",
    send: (provider) => provider.send(email()),
    open: (port, deadlineMs) =>
      openSmtp({
        url: `smtp://tidings:s3cret@127.0.0.1:${port}`,
        slots: 4,
        deadlineMs,
      }),
    polite: async () => smtpPeer(await smtp.openScriptedSmtp()),
    silentOnce: async () =>
      smtpPeer(
        await smtp.openScriptedSmtp({
          dot: (_, message) => (message === 1 ? undefined : "250 2.0.0 Ok\r\n"),
        }),
      ),
    stride: { client: 7, server: 1 },
  },
  {
    name: "twilio",
    send: (provider) => provider.send(text()),
    open: (port, deadlineMs) =>
      openTwilio({
        accountSid: `AC${"1".repeat(32)}`,
        authToken: "s3cret",
        from: "+15005550006",
        apiUrl: `http://127.0.0.1:${port}`,
        slots: 4,
        deadlineMs,
      }),
    polite: async () => httpPeer(await http.openScriptedHttp(http.accept)),
    silentOnce: async () => {
      let calls = 0;
      const serve: http.Serve = (...request) => {
        calls += 1;
        if (calls > 1) http.accept(...request);
      };
      return httpPeer(await http.openScriptedHttp(serve));
    },
    stride: { client: 7, server: 1 },
  },
];

const opened: { close(): Promise<void> }[] = [];
const keep = <Thing extends { close(): Promise<void> }>(thing: Thing): Thing => {
  opened.push(thing);
  return thing;
};

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

describe.each(WIRES)("every provider, here $name", (wire) => {
  test("takes as many calls at once as it has slots, and each message arrives once", async () => {
    const peer = keep(await wire.polite());
    const provider = keep(wire.open(peer.port, 2_000));
    expect(provider.name).toBe(wire.name);
    expect(provider.slots).toBe(4);
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => wire.send(provider)));
      expect(answers.map(({ kind }) => kind)).toEqual(Array.from({ length: 4 }, () => "accepted"));
    }
    expect(peer.taken()).toBe(40);
  });

  test("answers within its deadline when the server does not, and continues with the next message", async () => {
    const peer = keep(await wire.silentOnce());
    const provider = keep(wire.open(peer.port, NEVER_MS));
    const silence = await pastDeadline(
      () => wire.send(provider),
      () => peer.taken() === 1,
    );
    expect(silence.kind).toBe("unknown");
    expect((await wire.send(provider)).kind).toBe("accepted");
  });

  test("is unavailable while the server is down, and continues once it is back", async () => {
    const peer = await wire.polite();
    const provider = keep(wire.open(peer.port, NEVER_MS));
    expect((await wire.send(provider)).kind).toBe("accepted");
    await peer.close();
    // a connection that is kept may have to find out first
    const answers = [await wire.send(provider), await wire.send(provider)];
    expect(answers.at(-1)?.kind).toBe("unavailable");
    expect(answers.map(({ kind }) => kind)).not.toContain("accepted");
  });

  test("ends calls in flight when it is closed", async () => {
    const peer = keep(await wire.silentOnce());
    const provider = wire.open(peer.port, NEVER_MS);
    const sending = wire.send(provider);
    await expect.poll(() => peer.taken()).toBe(1);
    await provider.close();
    expect((await sending).kind).toBe("unknown");
  });

  test.each(["server", "client"] as const)(
    "reports the right result wherever the data of the %s is cut off",
    async (side) => {
      const whole = await converse(wire, { side, after: Number.MAX_SAFE_INTEGER }, NEVER_MS);
      expect(whole).toMatchObject({ kind: "accepted", taken: 1 });
      const kinds = new Set<string>();
      for (let after = 0; after <= whole.emitted[side]; after += wire.stride[side]) {
        const { kind, taken } = await converse(wire, { side, after });
        kinds.add(kind);
        if (taken > 0) expect(["accepted", "unknown"], `cut after ${after}`).toContain(kind);
        else expect(["unavailable", "unknown"], `cut after ${after}`).toContain(kind);
      }
      expect(kinds).toContain("unknown");
    },
  );
});

/** One message over a conversation that is cut, and the part that the server received. */
async function converse(
  wire: Wire,
  cut: Cut,
  deadlineMs = DEADLINE_MS,
): Promise<{ kind: string; taken: number; emitted: Record<Cut["side"], number> }> {
  const peer = await wire.polite();
  const proxy = await openCuttingProxy(peer.port, cut);
  const provider = wire.open(proxy.port, deadlineMs);
  const { kind } = await wire.send(provider);
  await provider.close();
  await proxy.close();
  await new Promise((later) => setImmediate(later));
  await peer.close();
  return { kind, taken: peer.taken(), emitted: proxy.emitted };
}
