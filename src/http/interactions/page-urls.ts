import type { InteractionPage, PageOf } from "../../store/api/interaction-pages.ts";

/** Where the pages beside one are; null where the list ends. */
export interface PageUrls {
  readonly nextUrl: string | null;
  readonly previousUrl: string | null;
}

/** The list that was asked for, and how a path of it is written for its caller. */
export interface Asked {
  readonly url: string;
  readonly publicly: (path: string) => string;
}

/**
 * The address of the same list, moved on. That a page has a row beyond its far side was seen when it was read; on its
 * near side is at least the row it was read from.
 */
export function pageUrls(
  { url, publicly }: Asked,
  { rows, more }: InteractionPage,
  { cursor }: PageOf,
): PageUrls {
  const before = cursor?.side === "before" ? more : cursor !== undefined;
  const after = cursor?.side === "before" || more;
  const at = (side: string, row: { readonly id: string } | undefined): string | null =>
    row === undefined ? null : publicly(moved(url, side, row.id));
  return {
    nextUrl: after ? at("startingAfter", rows.at(-1)) : null,
    previousUrl: before ? at("endingBefore", rows[0]) : null,
  };
}

function moved(url: string, side: string, id: string): string {
  const to = new URL(url);
  to.searchParams.delete("startingAfter");
  to.searchParams.delete("endingBefore");
  to.searchParams.set(side, id);
  return to.pathname + to.search;
}
