import type { Arrival, DryRunFacts } from "../../domain/dry-run/arrival.ts";
import type { FactSheet } from "../../domain/deliver/fact-sheet.ts";
import type { ContactId } from "../../domain/ids.ts";
import { BEFORE_ALL_CHANGES, FORECAST } from "../../domain/ids.ts";
import type { NoticeTerms } from "../../domain/interaction.ts";
import type { NotificationTypeVersion } from "../../domain/resolve/notification-type.ts";
import type { Template } from "../../domain/template/template.ts";
import { match } from "../resolve/match.ts";
import { termsOf, type Planning } from "../resolve/plan.ts";
import { prepare, type SendContext } from "../deliver/prepare.ts";

/** The inputs of a forecast other than the changes. `sendContext.now` is the time of the request. */
export interface ForecastInputs {
  readonly planning: Planning;
  readonly sendContext: SendContext;
  readonly dryRunFacts: DryRunFacts;
  readonly activeTypes: (caseTypeId: string) => readonly NotificationTypeVersion[];
  readonly findTemplate: (version: FactSheet) => Template | undefined;
}

interface Dated {
  readonly dueAt: Date;
  readonly explanation: object;
}

interface Stopped {
  /** Null if no due time can be computed. */
  readonly dueAt: Date | null;
  readonly short: string;
  readonly long: string;
}

/**
 * The forecast for one change and one notification type version, if nothing else changes until it is due. `long` is a
 * sentence without personal data.
 */
export type Forecast =
  | (Dated & { readonly kind: "sends"; readonly contactId: ContactId })
  | (Dated & Stopped & { readonly kind: "waits"; readonly until: Date })
  | (Stopped & { readonly kind: "fails" })
  | (Stopped & { readonly kind: "cancels" })
  | { readonly kind: "silent"; readonly long: string };

/** A change with a forecast for every active version linked to its case type, or the reason why there is none. */
export interface ForecastChange {
  readonly arrival: Arrival;
  readonly nothing: string | null;
  readonly notices: readonly ForecastNotice[];
}

export interface ForecastNotice {
  readonly type: NotificationTypeVersion;
  readonly name: string;
  /** The chosen template version; null if the type does not fire. */
  readonly template: Pick<
    NoticeTerms,
    "templateId" | "templateVersion" | "templateExplanation"
  > | null;
  readonly forecast: Forecast;
}

const IDLE = {
  firesNothing: "It only makes its case known (fires is false), so nothing is sent.",
  repeats:
    "Its external_id is in the table already, or on an earlier line: the insert would be refused.",
} as const;

/** Forecasts one change with the same decisions, in the same order, as resolving and delivering. */
export function forecastChange(arrival: Arrival, inputs: ForecastInputs): ForecastChange {
  if (arrival.idle !== null) return { arrival, nothing: IDLE[arrival.idle], notices: [] };
  const { caseTypeId } = arrival.change;
  const types = inputs.activeTypes(caseTypeId);
  if (types.length === 0)
    return {
      arrival,
      nothing: `No active notification type is linked to case type ${caseTypeId}.`,
      notices: [],
    };
  return {
    arrival,
    nothing: null,
    notices: types.flatMap((type) => forecastNotice(arrival, type, inputs)),
  };
}

function forecastNotice(
  arrival: Arrival,
  type: NotificationTypeVersion,
  inputs: ForecastInputs,
): ForecastNotice[] {
  const notice = { type, name: find(inputs.dryRunFacts.rules, type.id).name, template: null };
  const matched = match(arrival.change, type);
  if (matched.kind === "silent")
    return [{ ...notice, forecast: { kind: "silent", long: matched.long } }];
  const { changedAt, receivedAt, borrowerId } = arrival.change;
  const borrowerLanguage = find(inputs.dryRunFacts.people, borrowerId).borrower.language;
  const planned = termsOf({ changedAt, receivedAt, borrowerLanguage }, type, inputs.planning);
  const { templateId, templateVersion, templateExplanation } = planned;
  const template = { templateId, templateVersion, templateExplanation };
  return [{ ...notice, template, forecast: forecast(planned, type, arrival, inputs) }];
}

type Scheduled = NoticeTerms & {
  readonly scheduledAtFrom: Date;
  readonly dueExplanation: object;
};

const isScheduled = (planned: NoticeTerms): planned is Scheduled =>
  planned.scheduledAtFrom !== null && planned.dueExplanation !== null;

function forecast(
  planned: NoticeTerms,
  type: NotificationTypeVersion,
  arrival: Arrival,
  inputs: ForecastInputs,
): Forecast {
  if (!isScheduled(planned)) {
    const { failureDescriptionShort: short, failureDescriptionLong: long } = planned;
    return { kind: "fails", dueAt: null, short: short ?? "", long: long ?? "" };
  }
  const { scheduledAtFrom: dueAt, dueExplanation: explanation } = planned;
  const facts = sheetOf(planned, type, arrival, inputs);
  const now = new Date(Math.max(dueAt.getTime(), inputs.sendContext.now.getTime()));
  const prepared = prepare(facts, inputs.findTemplate(facts), { ...inputs.sendContext, now });
  if (prepared.kind === "ready")
    return { kind: "sends", dueAt, explanation, contactId: prepared.claim.contactId };
  const { status, until, short, long } = prepared.withheld;
  if (status === "scheduled")
    return { kind: "waits", dueAt, explanation, until: until ?? now, short, long };
  return { kind: status === "canceled" ? "cancels" : "fails", dueAt, short, long };
}

/** The facts that every forecast has in common. */
const FIRST_ATTEMPT = {
  ...FORECAST,
  attempt: 1,
  claims: 0,
  releasedRules: null,
  redirectedTo: null,
  reply: null,
} as const;

/** Returns the facts that delivery would load. A notice that is due later is judged on the later state of the case. */
function sheetOf(
  planned: Scheduled,
  type: NotificationTypeVersion,
  { change, caseNow, caseLater }: Arrival,
  { sendContext, dryRunFacts }: ForecastInputs,
): FactSheet {
  const { borrower, contacts } = find(dryRunFacts.people, change.borrowerId);
  const { pausedBecause, pausedUntil, ...rules } = find(dryRunFacts.rules, type.id);
  const { onStatus, onOutcome, onCondition, version } = type;
  const { status, outcome, fields } =
    planned.scheduledAtFrom > sendContext.now ? caseLater : caseNow;
  return {
    ...FIRST_ATTEMPT,
    channel: planned.channel,
    theme: planned.theme,
    sensitive: planned.sensitive,
    isTransactional: planned.isTransactional,
    dueAt: planned.scheduledAtFrom,
    latestAt: planned.scheduledAtTo,
    templateId: planned.templateId ?? 0,
    templateVersion: planned.templateVersion ?? 0,
    notificationType: {
      ...rules,
      version,
      onStatus,
      onOutcome,
      // only these types are judged on their conditions again
      onCondition: rules.whenCaseMoves === "cancel" ? onCondition : [],
    },
    pausedBecause,
    pausedUntil,
    case: {
      id: change.caseId,
      typeId: change.caseTypeId,
      typeName: find(dryRunFacts.caseTypeNames, change.caseTypeId),
      status: change.status,
      outcome: change.outcome,
      fields: change.fields,
    },
    caseNow: { changeId: BEFORE_ALL_CHANGES, status, outcome, fields },
    borrower,
    loans: change.loanIds.flatMap((id) => dryRunFacts.loans.get(id) ?? []),
    contacts,
  };
}

/** All referenced rows were loaded before. */
function find<Id, Thing>(things: ReadonlyMap<Id, Thing>, id: Id): Thing {
  const found = things.get(id);
  if (found === undefined) throw new Error(`${String(id)} was not loaded`);
  return found;
}
