import type { InteractionId } from "../../domain/ids.ts";
import type { InteractionPage, PageRequest } from "../../store/api/interaction-pages.ts";

/** The URLs of the neighbouring pages; null where the list ends. */
export interface PageUrls {
  readonly nextUrl: string | null;
  readonly previousUrl: string | null;
}

export interface ListRequest {
  /** The URL of the request, with all its filters. */
  readonly url: string;
  /** Writes a path as a URL that the caller can follow. */
  readonly publicUrl: (path: string) => string;
}

/**
 * The URLs of the same list at its next and previous page. Reading a page shows whether the list continues after it. In
 * the other direction there is at least the row of the cursor.
 */
export function pageUrls(
  { url, publicUrl }: ListRequest,
  { rows, more }: InteractionPage,
  { cursor }: PageRequest,
): PageUrls {
  const hasPrevious = cursor?.side === "before" ? more : cursor !== undefined;
  const hasNext = cursor?.side === "before" || more;
  const urlAt = (side: string, row: { readonly id: InteractionId } | undefined): string | null =>
    row === undefined ? null : publicUrl(withCursor(url, side, row.id));
  return {
    nextUrl: hasNext ? urlAt("startingAfter", rows.at(-1)) : null,
    previousUrl: hasPrevious ? urlAt("endingBefore", rows[0]) : null,
  };
}

function withCursor(url: string, side: string, id: InteractionId): string {
  const to = new URL(url);
  to.searchParams.delete("startingAfter");
  to.searchParams.delete("endingBefore");
  to.searchParams.set(side, id);
  return to.pathname + to.search;
}
