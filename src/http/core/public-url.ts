import type { HttpDeps } from "./deps.ts";

/**
 * A path as callers can follow it: below the configured public URL, otherwise the path alone. The Host header of the
 * request is never used, because its sender chooses it and the URL may carry a signature.
 */
export const publicUrl = ({ publicUrl: base }: Pick<HttpDeps, "publicUrl">, path: string): string =>
  base === undefined ? path : base.replace(/\/+$/, "") + path;
