import type { Generated } from "kysely";
import type {
  BorrowerId,
  CaseId,
  ContactId,
  InteractionId,
  LoanId,
  WorkerId,
} from "../../domain/ids.ts";
import type {
  CaseStatus,
  Channel,
  DelayUnit,
  InteractionStatus,
  Origin,
  Outcome,
  Theme,
  VersionStatus,
} from "../../domain/vocabulary.ts";
import type { DB } from "./schema.ts";

/** The columns that hold a word of a closed list or an id. The generated types have them as text. */
interface Typed {
  interactions: {
    id: Generated<InteractionId>;
    personId: BorrowerId | null;
    caseId: CaseId | null;
    contactId: ContactId | null;
    loanId: LoanId | null;
    previousInteractionId: InteractionId | null;
    origin: Generated<Origin>;
    channel: Channel;
    status: InteractionStatus;
  };
  notificationTypes: {
    status: Generated<VersionStatus>;
    onStatus: CaseStatus | null;
    onOutcome: Outcome | null;
    channel: Channel | null;
    theme: Theme | null;
    unit: DelayUnit | null;
  };
  templates: {
    channel: Channel;
    theme: Theme | null;
    status: Generated<VersionStatus>;
  };
  loans: { id: LoanId };
  workers: { id: WorkerId };
}

/** The tables as kysely's builder checks them. */
export type Tables = {
  [Table in keyof DB]: {
    [Column in keyof DB[Table]]: Table extends keyof Typed
      ? Column extends keyof Typed[Table]
        ? Typed[Table][Column]
        : DB[Table][Column]
      : DB[Table][Column];
  };
};
