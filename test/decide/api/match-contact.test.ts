import { expect, test } from "vitest";
import { parseContactId } from "../../../src/domain/ids.ts";
import { matchContact, type ContactMarks } from "../../../src/decide/api/match-contact.ts";
import type { StoredContact } from "../../../src/domain/interaction-record.ts";

const contact = (id: string, marks: Partial<ContactMarks>): StoredContact => ({
  id: parseContactId(id),
  details: {
    externalId: null,
    contactType: "email",
    label: null,
    affiliation: "self",
    name: null,
    value: null,
    address: null,
    valid: true,
    verified: false,
    receiveTextMessages: false,
    authorizedThirdParty: false,
    powerOfAttorney: false,
    receiveTextMessagesLastConsentAt: null,
    phoneDisconnectionDetails: null,
    ...marks,
  },
});

const CONTACTS = [
  contact("email", { value: "pat@example.com", externalId: "crm-1" }),
  contact("phone", { contactType: "phone", value: "614-555-0101" }),
  contact("abroad", { contactType: "phone", value: "+44 20 7946 0000" }),
  contact("odd", { contactType: "phone", value: "ext. 7" }),
  contact("home", {
    contactType: "address",
    address: { object: "address", addressLine1: "1 Example Street", addressLine2: "", city: "X" },
  }),
  contact("archived twin", { value: "pat@example.com" }),
];

test.each([
  [{ value: "pat@example.com" }, "email"],
  [{ value: " Pat@Example.COM " }, "email"],
  [{ value: "pat@example.org" }, undefined],
  [{ value: null }, undefined],
  [{ externalId: "crm-1", value: "another@example.com" }, "email"],
  [{ externalId: "crm-9", value: "pat@example.com" }, "email"],
  [{ contactType: "phone", value: "pat@example.com" }, undefined],
  [{ contactType: "phone", value: "+16145550101" }, "phone"],
  [{ contactType: "phone", value: "1 (614) 555 0101" }, "phone"],
  [{ contactType: "phone", value: "+442079460000" }, "abroad"],
  [{ contactType: "phone", value: "2079460000" }, undefined],
  [{ contactType: "phone", value: "Ext. 7" }, "odd"],
  [{ contactType: "phone", value: "" }, undefined],
  [
    {
      contactType: "address",
      address: { city: " x ", addressLine1: "1 EXAMPLE  street", state: null },
    },
    "home",
  ],
  [{ contactType: "address", address: { city: "X" } }, undefined],
  [{ contactType: "address", address: {} }, undefined],
] as const)("%j is %s", (marks, id) => {
  const given: ContactMarks = {
    externalId: null,
    contactType: "email",
    value: null,
    address: null,
    ...marks,
  };
  expect(matchContact(CONTACTS, given, "US")?.id).toBe(id);
});
