import { chooseContact } from "../../decide/deliver/choose-contact.ts";
import { createCalendars } from "../../decide/resolve/calendars.ts";
import type { Policy } from "../../decide/guard/policy/policy.ts";
import { tryVersion } from "../../decide/simulate/plan-version.ts";
import { createCourse, questionOf, replay, type ToReplay } from "../../decide/simulate/replay.ts";
import { type Slice, slicesOf } from "../../decide/simulate/slices.ts";
import { createTally, type Tally } from "../../decide/simulate/tally.ts";
import { type Config, withinOf } from "../../config.ts";
import { messageFactsOf } from "../../domain/guard/question.ts";
import {
  BEFORE_ALL_CHANGES,
  type BorrowerId,
  type CaseChangeId,
  type InteractionId,
} from "../../domain/ids.ts";
import type { NotificationTypeVersion } from "../../domain/resolve/notification-type.ts";
import type { Compared, Replayed } from "../../domain/simulate/replay.ts";
import { loadPeople } from "../../store/dry-run/facts.ts";
import { loadGuardFacts } from "../../store/guard/guard-facts.ts";
import type { Db } from "../../store/postgres/db.ts";
import { loadCalendars } from "../../store/resolve/calendars.ts";
import { loadCaseChanges } from "../../store/resolve/case-changes.ts";
import {
  countChanges,
  listChangeIds,
  listReplayed,
  loadTemplateFacts,
  type Period,
} from "../../store/simulate/replayed.ts";

/** The number of rows that a statement reads. */
const PAGE = 2_000;
/** The number of times at which the facts of all messages are loaded. */
const MOST_SLICES = 1_000;
const NONE = "0" as InteractionId;

export interface SimulationInputs {
  readonly db: Db;
  readonly config: Config;
  readonly period: Period;
  readonly policy: Policy;
  /** The version that is tried; null: the messages on record. */
  readonly type: NotificationTypeVersion | null;
  readonly now: Date;
  readonly onProgress: (done: number, total: number) => void;
}

export interface Simulation extends Tally {
  readonly changes: number;
  /** The changes whose fields are erased: a version is not tried on them, and the guard does not see the fields. */
  readonly erased: number;
  /** Facts that have no date are those known so many minutes later at most. 0: at the time of each message. */
  readonly minutes: number;
}

/** Replays a period and compares. Give a transaction that only reads. */
export async function simulate(inputs: SimulationInputs): Promise<Simulation> {
  const { db, period, type } = inputs;
  const counts = await countChanges(db, period);
  const onRecord = await listAll(inputs);
  const tally = createTally();
  const messages =
    type === null ? onRecord : await planAll(inputs, type, onRecord, (one) => tally.add(one));
  const { minutes, slices } = slicesOf(messages, MOST_SLICES);
  const course = createCourse();
  let done = 0;
  for (const slice of slices) {
    const { toReplay, compared } = await loadSlice(inputs, slice);
    for (const one of [...compared, ...replay(toReplay, inputs.policy, course)]) tally.add(one);
    done += slice.items.length;
    inputs.onProgress(done, messages.length);
  }
  return { ...tally.read(), ...counts, minutes };
}

async function listAll({ db, period, now }: SimulationInputs): Promise<Replayed[]> {
  const all: Replayed[] = [];
  let after: InteractionId | undefined = NONE;
  while (after !== undefined) {
    const page: Replayed[] = await listReplayed(db, period, { after, limit: PAGE, now });
    all.push(...page);
    after = page.at(-1)?.interactionId ?? undefined;
  }
  return all;
}

/** Plans the messages of the version. Those whose fate needs no guard are compared at once. */
async function planAll(
  { db, config, period, now }: SimulationInputs,
  type: NotificationTypeVersion,
  onRecord: readonly Replayed[],
  compare: (one: Compared) => void,
): Promise<Replayed[]> {
  const byChange = new Map(onRecord.map((one) => [one.caseChangeId, one]));
  const planning = {
    zone: config.lender.timeZone,
    languages: config.lender.languages,
    calendars: createCalendars(await loadCalendars(db)),
    withinMs: withinOf(config),
  };
  const templates = await loadTemplateFacts(
    db,
    type.templates.map(({ id }) => id),
  );
  const fromTemplate = (id: number, version: number) => {
    const facts = templates.get(`${id}.${version}`);
    return facts === undefined ? {} : messageFactsOf(facts);
  };
  const planned: Replayed[] = [];
  let after: CaseChangeId | undefined = BEFORE_ALL_CHANGES;
  while (after !== undefined) {
    const ids: CaseChangeId[] = await listChangeIds(db, period, after, PAGE);
    const changes = await loadCaseChanges(db, ids);
    const people = await loadPeople(
      db,
      changes.map(({ borrowerId }) => borrowerId),
    );
    const languageOf = (id: BorrowerId): string => people.get(id)?.borrower.language ?? "";
    const trial = { type, planning, languageOf, fromTemplate };
    const tried = changes.map((change) => tryVersion(change, byChange.get(change.id), trial));
    const known = tried.flatMap((one) => (one?.kind === "compared" ? [one.compared] : []));
    for (const one of known) compare(one);
    planned.push(...tried.flatMap((one) => (one?.kind === "judge" ? [one.replayed] : [])));
    after = ids.at(-1);
  }
  return planned.filter(({ at }) => at <= now);
}

/** Chooses the contacts that are not on record, and loads the facts. */
async function loadSlice(
  { db, config }: SimulationInputs,
  { at, items }: Slice<Replayed>,
): Promise<{ readonly toReplay: ToReplay[]; readonly compared: Compared[] }> {
  const { country } = config.lender;
  const open = items.filter(({ contactId }) => contactId === null);
  const people = await loadPeople(
    db,
    open.map(({ borrowerId }) => borrowerId),
  );
  const compared: Compared[] = [];
  const asked = items.flatMap((replayed, index) => {
    const contacts = people.get(replayed.borrowerId)?.contacts ?? [];
    const choice = replayed.contactId ?? chooseContact(replayed.channel, contacts, country);
    if (typeof choice === "string" || choice.kind === "chosen") {
      const contactId = typeof choice === "string" ? choice : choice.contact.id;
      return [{ replayed, question: questionOf(replayed, contactId, String(index)) }];
    }
    compared.push({
      replayed,
      would: { fate: "refused", ruleId: "contact.none", long: choice.long },
    });
    return [];
  });
  const facts = await loadGuardFacts(
    db,
    asked.map(({ question }) => question),
    { at, known: "then", country },
  );
  const toReplay = asked.flatMap(({ replayed, question }) => {
    const read = facts.get(question.key);
    return read === undefined ? [] : [{ replayed, question, read }];
  });
  return { toReplay, compared };
}
