import { systemClock } from "../clock.ts";
import { createApp } from "../http/app.ts";
import { describeApi } from "../http/docs/document.ts";
import { createDb, openPool } from "../store/postgres/db.ts";
import { command } from "./cli/command.ts";
import { EXIT } from "./cli/exit-codes.ts";

/** Prints the OpenAPI document that a running daemon serves at /openapi.json. */
export const openapi = command({
  name: "openapi",
  summary: "print the OpenAPI 3.1 document of the REST resources",
  options: {},
  async run({ print }) {
    // the app describes itself without a request, so this pool never connects
    const pool = openPool({ url: "postgres://nowhere", actor: "none", max: 1, onLost: () => {} });
    const db = createDb(pool);
    const app = createApp({
      db,
      healthDb: db,
      clock: systemClock,
      emit: () => {},
      seal: undefined,
      signingKeys: [],
      tokens: undefined,
      perSecond: 1,
      lender: { name: "", phone: "", languages: [] },
      homeCountry: "US",
    });
    print(JSON.stringify(describeApi(app), undefined, 2));
    await pool.end();
    return EXIT.done;
  },
});
