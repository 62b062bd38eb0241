import type {
  LinkChange,
  ResolvedChange,
  Resolution,
  TypeHistory,
  VersionLife,
} from "../../domain/resolve/case-history.ts";
import type { CaseChange } from "../../domain/resolve/case-change.ts";
import type { Silence } from "../../domain/resolve/resolution.ts";
import { match } from "./match.ts";

/** The reason why a notification type fired on a change, or did not fire. */
export interface TypeVerdict {
  readonly notificationTypeId: number;
  /** Null if no version was considered. */
  readonly version: number | null;
  readonly name: string | null;
  readonly verdict: "fires" | Silence | "notConsidered";
  /** A sentence without personal data; null for a type that fired. */
  readonly long: string | null;
}

const SILENCE: Readonly<Record<Silence, string>> = {
  triggerDoesNotHold: "Its trigger did not hold after the change.",
  triggerHeldBefore: "Its trigger held before the change already.",
  conditionNotMet: "A condition was not met.",
  laterChangeJudged: "The change arrived late, and a later change had been judged for both.",
};

/**
 * Lists every notification type with the verdict on record, and those that are or were linked to the case type with the reason
 * why they were not considered. Empty for a change without a resolution.
 */
export function explainResolution(
  { change, resolution }: Pick<ResolvedChange, "change" | "resolution">,
  history: TypeHistory,
): TypeVerdict[] {
  if (resolution === null) return [];
  const considered = Object.entries(resolution.verdicts).flatMap(([verdict, keys]) =>
    keys.map((key) => recordedVerdict(verdict as "fires" | Silence, key, change, history)),
  );
  const known = new Set(considered.map((one) => one.notificationTypeId));
  const others = typesEverLinked(change.caseTypeId, history).filter((id) => !known.has(id));
  return [
    ...considered,
    ...others.map((id): TypeVerdict => {
      const name = history.versions.findLast((one) => one.id === id)?.name ?? null;
      const long = whyNotConsidered(id, { change, resolution }, history);
      return { notificationTypeId: id, version: null, name, verdict: "notConsidered", long };
    }),
  ].toSorted((one, other) => one.notificationTypeId - other.notificationTypeId);
}

/** The verdict on record decides. Its sentence is made again from the version, which has not changed since. */
function recordedVerdict(
  verdict: "fires" | Silence,
  key: string,
  change: CaseChange,
  { versions }: TypeHistory,
): TypeVerdict {
  const [id = 0, version = 0] = key.split(".").map(Number);
  const life = versions.find((one) => one.id === id && one.version === version);
  const named = { notificationTypeId: id, version, name: life?.name ?? null, verdict };
  if (verdict === "fires") return { ...named, long: null };
  const again = life && match(change, life);
  const isAlike = again?.kind === "silent" && again.why === verdict;
  return { ...named, long: isAlike ? again.long : SILENCE[verdict] };
}

const typesEverLinked = (caseTypeId: string, { linked, linkChanges }: TypeHistory): number[] => [
  ...new Set(
    [...linked, ...linkChanges]
      .filter((one) => one.caseTypeId === caseTypeId)
      .map((one) => one.notificationTypeId),
  ),
];

function whyNotConsidered(
  id: number,
  { change, resolution }: { readonly change: CaseChange; readonly resolution: Resolution },
  { linkChanges, versions }: TypeHistory,
): string {
  const links = linkChanges.filter(
    (one) => one.caseTypeId === change.caseTypeId && one.notificationTypeId === id,
  );
  return (
    whyNotLinked(links, resolution.resolvedAt) ??
    whyNotActive(
      versions.filter((one) => one.id === id),
      resolution.resolvedAt,
    ) ??
    "It was linked or activated while the change was being resolved."
  );
}

function whyNotLinked(links: readonly LinkChange[], at: Date): string | undefined {
  const before = links.findLast(({ changedAt }) => changedAt <= at);
  const after = links.find(({ changedAt }) => changedAt > at);
  if (before?.isLinked === false)
    return `${before.actor} had removed its link to the case type on ${before.changedAt.toISOString()}.`;
  if (before === undefined && after?.isLinked === true)
    return `It was not linked to the case type: ${after.actor} linked it later, on ${after.changedAt.toISOString()}.`;
  return undefined;
}

function whyNotActive(versions: readonly VersionLife[], at: Date): string | undefined {
  const isActive = ({ publishedAt, deprecatedAt }: VersionLife): boolean =>
    publishedAt !== null && publishedAt <= at && (deprecatedAt === null || deprecatedAt > at);
  if (versions.some(isActive)) return undefined;
  const next = versions.find(({ publishedAt }) => publishedAt !== null && publishedAt > at);
  if (next?.publishedAt)
    return `It had no active version: version ${next.version} was activated later, on ${next.publishedAt.toISOString()}.`;
  const last = versions.findLast(({ deprecatedAt }) => deprecatedAt !== null && deprecatedAt <= at);
  if (last?.deprecatedAt)
    return `It had no active version: version ${last.version} was deprecated on ${last.deprecatedAt.toISOString()}.`;
  return "It had no active version.";
}
