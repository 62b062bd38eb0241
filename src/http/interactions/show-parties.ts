import type { InteractionAnswer } from "./schema.ts";

type Stored = Readonly<Record<string, unknown>>;
type Contact = InteractionAnswer["contact"];
type Borrower = InteractionAnswer["borrower"];

const CONTACT = [
  "externalId",
  "contactType",
  "label",
  "affiliation",
  "name",
  "value",
  "valid",
  "verified",
  "receiveTextMessages",
  "authorizedThirdParty",
  "powerOfAttorney",
  "receiveTextMessagesLastConsentAt",
] as const;
const ADDRESS = [
  "addressLine1",
  "addressLine2",
  "city",
  "countyOrRegion",
  "state",
  "postalCode",
  "country",
  "POBox",
] as const;
const PHONE = [
  "lastKnownConnectionDate",
  "lastDisconnectCheckDate",
  "disconnectionStatus",
] as const;
const BORROWER = [
  "id",
  "createdAt",
  "updatedAt",
  "deletedAt",
  "borrowerType",
  "externalId",
  "status",
  "statusUpdatedAt",
  "collectionsIntensity",
  "displayId",
  "metaData",
] as const;
const PREFERENCES = ["statementDeliveryChannels", "sendRemindersWhenCurrent"] as const;

/** A stored contact with every documented key. */
export const showContact = (stored: object | null): Contact =>
  stored &&
  ({
    object: "contactDetails",
    ...keysOf(stored, CONTACT),
    address: within(stored, "address", (address) => ({
      object: "address",
      ...keysOf(address, ADDRESS),
    })),
    phoneDisconnectionDetails: within(stored, "phoneDisconnectionDetails", (details) =>
      keysOf(details, PHONE),
    ),
  } as Contact);

/** A stored borrower with every documented key and no other. The name is not one of them. */
export const showBorrower = (stored: object | null): Borrower =>
  stored &&
  ({
    ...keysOf(stored, BORROWER),
    commPreferences: within(stored, "commPreferences", (wishes) => keysOf(wishes, PREFERENCES)),
  } as Borrower);

const keysOf = (stored: object, keys: readonly string[]): Stored =>
  Object.fromEntries(keys.map((key) => [key, shown(key, (stored as Stored)[key])]));

/** Postgres writes times in JSON with an offset. */
function shown(key: string, value: unknown): unknown {
  if (typeof value !== "string" || !key.endsWith("At")) return value ?? null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : at.toISOString();
}

function within(stored: object, key: string, show: (inner: object) => Stored): Stored | null {
  const inner = (stored as Stored)[key];
  return typeof inner === "object" && inner !== null ? show(inner) : null;
}
