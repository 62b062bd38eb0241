import type { TemplateContext } from "./context.ts";

const LOAN = {
  id: "LN-1001",
  externalId: null,
  displayId: "1001-22-7",
  loanTypeId: "personal",
  data: {},
};

/** A whole context of invented people, for checks and for new samples. */
export const EXAMPLE_CONTEXT: TemplateContext = {
  lender: {
    name: "Example Community Lending",
    postalAddress: "100 Main Street, Suite 400, Columbus, OH 43004",
    phone: "+16145550100",
    website: "https://www.example.com",
    timeZone: "America/New_York",
  },
  borrower: {
    id: "BO-1001",
    externalId: null,
    displayId: null,
    borrowerType: "person",
    status: "active",
    name: { firstName: "Ana", lastName: "Example" },
    language: "en",
    timeZone: "America/Chicago",
    metaData: {},
  },
  loan: LOAN,
  loans: [LOAN],
  case: {
    id: "CS-4417",
    typeId: "dispute",
    typeName: "Dispute",
    status: "initiated",
    outcome: null,
    fields: {},
  },
  contact: {
    id: "CT-1001",
    contactType: "email",
    label: "personal",
    name: "Ana Example",
    value: "ana@example.com",
  },
  notificationType: { id: 1, name: "Dispute received" },
  now: "2031-03-03T15:00:00Z",
};
