import type {
  AuditedChange,
  AuditedResult,
  Gap,
  EarlierState,
  RecordedNotice,
} from "../../domain/audit/audit.ts";
import type { GapKind } from "../../domain/gap-kinds.ts";
import type { Resolution, TypeHistory, VersionLife } from "../../domain/resolve/case-history.ts";
import type { Silence, Verdicts } from "../../domain/resolve/resolution.ts";
import { match } from "../resolve/match.ts";

type Named = Partial<Pick<Gap, "notificationTypeId" | "notificationTypeVersion" | "interactionId">>;

/**
 * Recomputes which notices a case change should have caused, and lists each difference from the record. It uses the change, the versions
 * that were active when it was resolved, and their links of that time. It shares `match` with the resolver and nothing else. If the fields
 * are erased, nothing can be recomputed, and the notices are compared with the verdicts on record. A change that waits in a queue has no
 * gaps.
 */
export function auditChange(audited: AuditedChange, history: TypeHistory): AuditedResult {
  const { fires, move, resolution } = audited;
  if (move === null)
    return unfinished(audited, [], "changeNotTakenIn", "No trigger took the change in.");
  const state = auditStateBefore(audited);
  if (!fires)
    return {
      gaps: [...state, ...extras(audited, new Map())],
      expected: 0,
      isWaiting: false,
      isTakenFromRecord: false,
    };
  if (resolution === null)
    return unfinished(
      audited,
      state,
      "changeNotResolved",
      "It has no resolution and waits in no queue.",
    );
  const { expected, gaps } = recompute(audited, resolution, history);
  return {
    gaps: [
      ...state,
      ...gaps,
      ...missing(audited, expected),
      ...extras(audited, expected),
      ...audited.notices.flatMap((notice) => auditChain(audited, notice)),
    ],
    expected: expected.size,
    isWaiting: false,
    isTakenFromRecord: audited.isErased,
  };
}

/** A change that waits in a queue is a gap only if it was refused. */
function unfinished(
  audited: AuditedChange,
  gaps: readonly Gap[],
  kind: GapKind,
  long: string,
): AuditedResult {
  const { isQueued, refusedBy } = audited;
  const unknown = { expected: 0, isTakenFromRecord: false };
  if (isQueued && refusedBy === null) return { gaps, isWaiting: true, ...unknown };
  const reason = refusedBy === null ? long : `${refusedBy} refuses the change.`;
  return {
    gaps: [...gaps, gap(audited, kind, reason)],
    isWaiting: isQueued,
    ...unknown,
  };
}

const gap = (
  { change }: AuditedChange,
  kind: GapKind,
  long: string,
  { notificationTypeId = null, notificationTypeVersion = null, interactionId = null }: Named = {},
): Gap => ({
  kind,
  caseChangeId: change.id,
  caseId: change.caseId,
  notificationTypeId,
  notificationTypeVersion,
  interactionId,
  long,
});

/**
 * The state before a change must be that of the change before it in time. A change that was taken in later was not known
 * then, so the state before it is accepted too.
 */
function auditStateBefore(audited: AuditedChange): Gap[] {
  const { move, earlier, hasMoreEarlier } = audited;
  if (move === null) return [];
  const certain = earlier.findIndex((one) => one.isCertain);
  const known = certain === -1 ? earlier : earlier.slice(0, certain + 1);
  const mayBeNothing = certain === -1;
  const { statusBefore: status, outcomeBefore: outcome } = move;
  const isKnown = (one: EarlierState): boolean => one.status === status && one.outcome === outcome;
  if (known.some(isKnown) || (mayBeNothing && (status === null || hasMoreEarlier))) return [];
  return [
    gap(
      audited,
      "stateBeforeDiffers",
      "The recorded state of the case before the change is not that of an earlier change.",
    ),
  ];
}

/** The versions that should have fired, by notification type. */
type Expected = ReadonlyMap<number, number>;

function recompute(
  audited: AuditedChange,
  { resolvedAt, verdicts }: Resolution,
  history: TypeHistory,
): { readonly expected: Expected; readonly gaps: readonly Gap[] } {
  const recorded = verdictsByType(verdicts);
  if (audited.isErased) return { expected: firedOnRecord(recorded), gaps: [] };
  const lives = history.versions.filter(
    (life) => activity(life, audited.change.caseTypeId, resolvedAt, history) !== "inactive",
  );
  const expected = new Map<number, number>();
  const gaps: Gap[] = [];
  for (const life of lives) {
    const noted = recorded.get(keyOf(life));
    const isCertain = activity(life, audited.change.caseTypeId, resolvedAt, history) === "active";
    if (noted === undefined && !isCertain) continue;
    const verdict = verdictOf(audited, life);
    if (verdict === "fires") expected.set(life.id, life.version);
    if (noted !== verdict) gaps.push(differs(audited, life, noted, verdict));
  }
  const known = new Set(lives.map(keyOf));
  for (const [key, noted] of recorded)
    if (!known.has(key)) gaps.push(unexplained(audited, key, noted));
  return { expected, gaps };
}

function firedOnRecord(recorded: ReadonlyMap<string, Verdict>): Expected {
  const fired = [...recorded].filter(([, verdict]) => verdict === "fires");
  return new Map(fired.map(([key]) => versionOf(key)));
}

type Verdict = "fires" | Silence;

function verdictOf({ change }: AuditedChange, life: VersionLife): Verdict {
  const matched = match(change, life);
  return matched.kind === "fires" ? "fires" : matched.why;
}

const versionOf = (key: string): [id: number, version: number] => {
  const [id = 0, version = 0] = key.split(".").map(Number);
  return [id, version];
};

const keyOf = ({ id, version }: Pick<VersionLife, "id" | "version">): string => `${id}.${version}`;

const verdictsByType = (verdicts: Verdicts): ReadonlyMap<string, Verdict> =>
  new Map(
    Object.entries(verdicts).flatMap(([verdict, keys]) =>
      keys.map((key) => [key, verdict as Verdict] as const),
    ),
  );

/**
 * A resolution carries the time at which its transaction began, and reads the versions after that. Within this time
 * (ms) of an activation or a link, both answers are right.
 */
const SKEW_MS = 60_000;

type Activity = "active" | "uncertain" | "inactive";

/** Decides whether a version was active and linked to a case type at a time. */
function activity(life: VersionLife, caseTypeId: string, at: Date, history: TypeHistory): Activity {
  const times = [at.getTime() - SKEW_MS, at.getTime(), at.getTime() + SKEW_MS];
  const answers = times.map(
    (time) => wasActive(life, time) && wasLinked(life.id, caseTypeId, time, history),
  );
  if (answers.every(Boolean)) return "active";
  return answers.some(Boolean) ? "uncertain" : "inactive";
}

function wasActive({ publishedAt, deprecatedAt }: VersionLife, time: number): boolean {
  if (publishedAt === null || publishedAt.getTime() > time) return false;
  return deprecatedAt === null || deprecatedAt.getTime() > time;
}

/** A link without history was there from the beginning. */
function wasLinked(
  id: number,
  caseTypeId: string,
  time: number,
  { linked, linkChanges }: TypeHistory,
): boolean {
  const changes = linkChanges.filter(
    (one) => one.caseTypeId === caseTypeId && one.notificationTypeId === id,
  );
  const last = changes.findLast(({ changedAt }) => changedAt.getTime() <= time);
  if (last !== undefined) return last.isLinked;
  const next = changes[0];
  if (next !== undefined) return !next.isLinked;
  return linked.some((one) => one.caseTypeId === caseTypeId && one.notificationTypeId === id);
}

function differs(
  audited: AuditedChange,
  { id, version }: VersionLife,
  noted: Verdict | undefined,
  verdict: Verdict,
): Gap {
  const record =
    noted === undefined ? "the resolution does not name it" : `the resolution says ${noted}`;
  return gap(
    audited,
    "resolutionDiffers",
    `For version ${version} of notification type ${id} the rules give ${verdict}, and ${record}.`,
    { notificationTypeId: id },
  );
}

function unexplained(audited: AuditedChange, key: string, noted: Verdict): Gap {
  const [id, version] = versionOf(key);
  return gap(
    audited,
    "resolutionDiffers",
    `The resolution says ${noted} for version ${version} of notification type ${id}, which was not active for this case type then.`,
    { notificationTypeId: id },
  );
}

function missing(audited: AuditedChange, expected: Expected): Gap[] {
  const present = new Set(audited.notices.map((notice) => notice.notificationTypeId));
  return [...expected]
    .filter(([id]) => !present.has(id))
    .map(([id, version]) =>
      gap(
        audited,
        "noticeMissing",
        `Notification type ${id} fired, and no interaction is on record for it.`,
        { notificationTypeId: id, notificationTypeVersion: version },
      ),
    );
}

function extras(audited: AuditedChange, expected: Expected): Gap[] {
  return audited.notices.flatMap((notice): Gap[] => {
    const { notificationTypeId: id, notificationTypeVersion: version, interactionId } = notice;
    if (expected.get(id) === version) return [];
    const reason = expected.has(id)
      ? `version ${expected.get(id)} should have caused it, and the interaction names version ${version}`
      : "the rules say that it should not have fired";
    return [
      gap(audited, "noticeExtra", `There is a notice of notification type ${id}; ${reason}.`, {
        notificationTypeId: id,
        interactionId,
      }),
    ];
  });
}

function auditChain(audited: AuditedChange, notice: RecordedNotice): Gap[] {
  const { attempts, lastAttempt, notificationTypeId, interactionId } = notice;
  if (attempts === lastAttempt) return [];
  return [
    gap(
      audited,
      "attemptMissing",
      `The last attempt has the number ${lastAttempt}, and ${attempts} of them are on record.`,
      { notificationTypeId, interactionId },
    ),
  ];
}
