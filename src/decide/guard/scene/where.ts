import type { Facts, GuardContact } from "../../../domain/guard/facts.ts";
import overlay from "../data/overlay.json" with { type: "json" };
import zones from "../data/zones.json" with { type: "json" };
import { clockOf, type ZoneClock } from "../time/zone-clock.ts";

type ZonesByKey = Readonly<Record<string, readonly string[]>>;

const AREA_CODES: ZonesByKey = zones.areaCodes;
const STATES: ZonesByKey = zones.states;
const NON_GEOGRAPHIC: ReadonlySet<string> = new Set(zones.nonGeographic);

/** Area codes that overlay each other share one set of zones. */
const SHARED: ReadonlyMap<string, readonly string[]> = new Map(
  zones.overlays.flatMap((codes) =>
    codes.map((code) => [code, [...new Set(codes.flatMap((each) => AREA_CODES[each] ?? []))]]),
  ),
);

/**
 * Returns every zone in which the borrower may be: the zone that the borrower reported, otherwise the zones of the
 * contact in use, the primary addresses and the primary phones together. Without any evidence it returns every zone of
 * the states.
 */
export function zonesOf({ borrower, contacts, message }: Facts): readonly ZoneClock[] {
  if (borrower.toldTimeZone !== undefined) return [clockOf(borrower.toldTimeZone)];
  const evidence = Object.entries(contacts)
    .filter(([id, contact]) => isEvidence(id, contact, message.contactId))
    .flatMap(([, contact]) => zonesOfContact(contact));
  return (evidence.length > 0 ? [...new Set(evidence)] : zones.unknown).map(clockOf);
}

function isEvidence(id: string, { status }: GuardContact, inUse: string): boolean {
  return status !== "archived" && (id === inUse || status === "primary");
}

function zonesOfContact({ contactType, value, address }: GuardContact): readonly string[] {
  if (contactType === "phone") return zonesOfNumber(value ?? "");
  if (contactType === "email" || address === undefined) return [];
  return address.zones ?? STATES[address.state] ?? [];
}

/** The area code of a number of the North American plan, such as 614. */
function areaCodeOf(number: string): string | undefined {
  return /^\+1(\d{3})\d{7}$/.exec(number)?.[1];
}

/** Only the whole area code is used: a longer prefix is wrong for many numbers in 219 and 423. */
function zonesOfNumber(number: string): readonly string[] {
  const code = areaCodeOf(number);
  if (code === undefined || NON_GEOGRAPHIC.has(code)) return [];
  return SHARED.get(code) ?? AREA_CODES[code] ?? [];
}

/** Returns the borrower's homes for state and city law: two-letter codes of states, and NYC. */
export function homesOf({ contacts }: Facts): ReadonlySet<string> {
  const homes = new Set<string>();
  for (const { address } of homeAddresses(Object.values(contacts))) {
    if (address === undefined) continue;
    homes.add(address.state);
    if (isNewYorkCity(address)) homes.add("NYC");
  }
  return homes;
}

/** Returns the primary home address of the borrower, otherwise the next best kind of address. */
function homeAddresses(contacts: readonly GuardContact[]): readonly GuardContact[] {
  const own = contacts.filter(
    ({ contactType, affiliation, status }) =>
      contactType === "address" && affiliation === "self" && status !== "archived",
  );
  const homes = own.filter(({ label }) => label === "home");
  const candidates = [
    homes.filter(({ status }) => status === "primary"),
    homes,
    own.filter(({ status }) => status === "primary"),
    own,
  ];
  return candidates.find((list) => list.length > 0) ?? [];
}

const NYC = overlay.places.NYC;

/** By county, or by ZIP code if the county is not known. */
function isNewYorkCity({
  state,
  countyFips,
  postalCode = "",
}: NonNullable<GuardContact["address"]>): boolean {
  if (state !== NYC.state) return false;
  if (countyFips !== undefined) return NYC.countyFips.includes(countyFips);
  return NYC.zip3.includes(postalCode.slice(0, 3)) || NYC.zip5.includes(postalCode.slice(0, 5));
}

const TELEMARKETING: ZonesByKey = {
  FL: overlay.places.telemarketingAreaCodes.FL,
  OK: overlay.places.telemarketingAreaCodes.OK,
};

/** True if the telemarketing law of a state reaches a number by its area code. */
export function isNumberOf(state: string, number: string): boolean {
  return (TELEMARKETING[state] ?? []).includes(areaCodeOf(number) ?? "none");
}
