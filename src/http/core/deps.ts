import type { Clock } from "../../clock.ts";
import type { Emit } from "../../domain/events.ts";
import type { Lender } from "../../domain/lender.ts";
import type { Db } from "../../store/postgres/db.ts";
import type { Callbacks } from "./callbacks.ts";
import type { Seal } from "../../seal.ts";

/** The issuer of the bearer tokens that are accepted. */
export interface TokenSource {
  readonly jwksUrl: string;
  readonly issuer: string;
  readonly audience: string;
  /** A token is refused this long after it was issued, whatever its expiry. */
  readonly maxAgeMs: number;
  /** The `typ` that a token must have, such as `at+jwt`; undefined: any. */
  readonly type?: string | undefined;
}

/** The dependencies of the REST resources. */
export interface HttpDeps {
  readonly db: Db;
  /** A separate connection for readiness checks, so that a daemon is not reported as broken while callers use all the others. */
  readonly healthDb: Db;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Undefined without a content key: sensitive content is then stored in the clear, and never served by URL. */
  readonly seal: Seal | undefined;
  /** The keys for the URLs of recorded content, the same in all daemons. The first one signs, and all of them are valid. */
  readonly signingKeys: readonly Buffer[];
  /** Undefined: only API keys are accepted. */
  readonly tokens: TokenSource | undefined;
  /** The address that callers use; undefined: URLs in answers are paths. */
  readonly publicUrl?: string | undefined;
  /** Shown to borrowers on the opt-out page. */
  readonly lender: Pick<Lender, "name" | "phone" | "languages">;
  /** Undefined: no provider calls back. */
  readonly callbacks?: Callbacks | undefined;
  /** ISO 3166-1, such as US. Phone numbers without a country are numbers of this one. */
  readonly homeCountry: string;
  /** Requests a second of one caller, or of one address without valid credentials. */
  readonly perSecond: number;
}
