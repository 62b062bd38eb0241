import type { Clock } from "../../clock.ts";
import type { Emit } from "../../domain/events.ts";
import type { Db } from "../../store/postgres/db.ts";
import type { Seal } from "../../seal.ts";

/** Where bearer tokens come from; a token of anybody else is refused. */
export interface TokenSource {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
}

/** What the REST resources may reach for. */
export interface HttpDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Undefined: sensitive content is kept as it is. */
  readonly seal: Seal | undefined;
  /** Signs the URLs under which recorded content can be fetched; the same for all daemons of an installation. */
  readonly signingKey: Buffer;
  /** Undefined: only API keys are taken. */
  readonly tokens: TokenSource | undefined;
  /** Where callers reach this server; undefined: URLs in answers are paths. */
  readonly publicUrl?: string | undefined;
  /** Requests a second of one caller. */
  readonly perSecond: number;
}
