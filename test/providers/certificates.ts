import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";

/** A private key and a certificate, in PEM. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

interface Holder extends Identity {
  readonly name: string;
  readonly signingKey: KeyObject;
}

export interface CertificateAuthority extends Holder {
  /** Issues a certificate for a host; valid now unless `days` says otherwise, counted from today. */
  issue(host: string, days?: { readonly from: number; readonly to: number }): Identity;
}

/** Creates an authority that is not trusted yet. */
export function createAuthority(name: string): CertificateAuthority {
  const authority = certify(name, null, { ca: true, days: ALWAYS });
  return {
    ...authority,
    issue: (host, days = ALWAYS) => certify(host, authority, { ca: false, days }),
  };
}

const ALWAYS = { from: -1, to: 3_650 };
const DAY_MS = 86_400_000;

interface Terms {
  readonly ca: boolean;
  readonly days: { readonly from: number; readonly to: number };
}

/** X.509 in DER by hand: Node makes keys and signatures but no certificates. */
function certify(name: string, issuer: Holder | null, { ca, days }: Terms): Holder {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const extensions = [
    extension("551d13", seq(...(ca ? [der(0x01, Buffer.from([0xff]))] : []))),
    ...(ca
      ? []
      : [extension("551d11", seq(der(/\d$/u.test(name) ? 0x87 : 0x82, hostBytes(name))))]),
  ];
  const body = seq(
    der(0xa0, integer(2)),
    integer(Math.floor(Math.random() * 2 ** 30) + 1),
    seq(oid(ECDSA_WITH_SHA256)),
    nameOf(issuer?.name ?? name),
    seq(time(days.from), time(days.to)),
    nameOf(name),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, seq(...extensions)),
  );
  const signature = sign("sha256", body, issuer?.signingKey ?? privateKey);
  const bits = der(0x03, Buffer.concat([Buffer.from([0]), signature]));
  const whole = seq(body, seq(oid(ECDSA_WITH_SHA256)), bits).toString("base64");
  return {
    name,
    signingKey: privateKey,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${whole.replaceAll(/.{64}/gu, "$&\n")}\n-----END CERTIFICATE-----\n`,
  };
}

const ECDSA_WITH_SHA256 = "2a8648ce3d040302";

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const seq = (...parts: readonly Buffer[]): Buffer => der(0x30, Buffer.concat(parts));
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, "hex"));

function integer(value: number): Buffer {
  const hex = value.toString(16);
  return der(0x02, Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex"));
}

const time = (days: number): Buffer => {
  const text = new Date(Date.now() + days * DAY_MS).toISOString().replaceAll(/[-:T]|\.\d+/gu, "");
  return der(0x18, Buffer.from(text));
};

/** A distinguished name of a common name alone. */
const nameOf = (name: string): Buffer =>
  seq(der(0x31, seq(oid("550403"), der(0x0c, Buffer.from(name)))));

const extension = (id: string, value: Buffer): Buffer => seq(oid(id), der(0x04, value));

const hostBytes = (host: string): Buffer =>
  /^[\d.]+$/u.test(host) ? Buffer.from(host.split(".").map(Number)) : Buffer.from(host);
