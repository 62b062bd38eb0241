import type { InteractionAnswer } from "./schema.ts";

type Kept = Readonly<Record<string, unknown>>;
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

/** A kept contact with every key of an answer. */
export const showContact = (kept: object | null): Contact =>
  kept &&
  ({
    object: "contactDetails",
    ...keysOf(kept, CONTACT),
    address: within(kept, "address", (address) => ({
      object: "address",
      ...keysOf(address, ADDRESS),
    })),
    phoneDisconnectionDetails: within(kept, "phoneDisconnectionDetails", (details) =>
      keysOf(details, PHONE),
    ),
  } as Contact);

/** A kept borrower with every key of an answer, and no other: a name is not among them. */
export const showBorrower = (kept: object | null): Borrower =>
  kept &&
  ({
    ...keysOf(kept, BORROWER),
    commPreferences: within(kept, "commPreferences", (wishes) => keysOf(wishes, PREFERENCES)),
  } as Borrower);

const keysOf = (kept: object, keys: readonly string[]): Kept =>
  Object.fromEntries(keys.map((key) => [key, shown(key, (kept as Kept)[key])]));

/** Postgres writes a time into json with its own offset. */
function shown(key: string, value: unknown): unknown {
  if (typeof value !== "string" || !key.endsWith("At")) return value ?? null;
  const at = new Date(value);
  return Number.isNaN(at.getTime()) ? value : at.toISOString();
}

function within(kept: object, key: string, show: (inner: object) => Kept): Kept | null {
  const inner = (kept as Kept)[key];
  return typeof inner === "object" && inner !== null ? show(inner) : null;
}
