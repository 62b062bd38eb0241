import { systemClock } from "../src/clock.ts";
import { createInFlight } from "../src/delivery/in-flight.ts";
import type { Deps } from "../src/deps.ts";
import { readConfig } from "../src/config.ts";
import { createRecorder } from "../src/store/deliver/recorder.ts";
import { createPolicyReader } from "../src/store/guard/policy.ts";
import { createActiveTypes } from "../src/store/resolve/active-types.ts";
import { createTemplateCache } from "../src/store/deliver/template-cache.ts";
import type { TestDatabase } from "./database.ts";
import { worker } from "./ids.ts";

/** The dependencies of tasks, on a test's own database and without a provider. `rest` replaces some of them. */
export function depsOn({ db }: TestDatabase, rest: Partial<Deps> = {}): Deps {
  return {
    db,
    clock: systemClock,
    emit: () => {},
    workerId: worker("test-worker"),
    lender: readConfig({}).lender,
    senders: { email: "Example Lender <notices@lender.example>", text: "+15005550006" },
    links: null,
    linkKeys: [],
    recipientsAllowed: null,
    withinMs: {},
    channels: {},
    recorder: createRecorder({ db, onOutage: () => {} }),
    loadTemplates: createTemplateCache(db),
    loadActiveVersions: createActiveTypes(),
    readPolicy: createPolicyReader(),
    seal: undefined,
    inFlight: createInFlight(),
    stopping: new AbortController().signal,
    ...rest,
  };
}
