import type { RedirectTarget } from "../../../domain/guard/verdict.ts";
import type { Scene } from "../scene/scene.ts";

/** Returns a letter to the borrower at the first usable address: the primary home before others. */
export function mailTarget({ facts }: Scene): RedirectTarget {
  const addresses = Object.entries(facts.contacts).filter(
    ([, { contactType, affiliation, valid, status }]) =>
      contactType === "address" && affiliation === "self" && valid && status !== "archived",
  );
  const best =
    addresses.find(([, { label, status }]) => label === "home" && status === "primary") ??
    addresses[0];
  return {
    party: "borrower",
    channel: "mail",
    ...(best !== undefined && { contactId: best[0] }),
  };
}
