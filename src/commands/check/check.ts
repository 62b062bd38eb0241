import { JSON_OPTION } from "../cli/json.ts";
import { type Config, readConfig } from "../../config.ts";
import { Fault } from "../../domain/fault.ts";
import { createDb, type Db } from "../../store/postgres/db.ts";
import { wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase, withPlace } from "../cli/database.ts";
import { checkData } from "./data.ts";
import {
  checkClock,
  checkDatabase,
  checkKeys,
  checkPolicy,
  checkProviders,
  checkPublicUrl,
  checkSchema,
  checkSettings,
} from "./installation.ts";
import { type CheckResult, failure, printResults } from "./result.ts";

/** Checks the installation, or only the lender's data. The exit code is `checkFailed` if a check failed. */
export const check = command({
  name: "check",
  summary: "check settings, database, provider logins, keys and data, without sending anything",
  takes: "[data] [--json]",
  details: `Run it with the settings of a daemon. Every check runs, also after one has failed. Providers are
asked to accept the login; no message is sent. \`tidings check data\` lists only values that would
fail when a notice is due: counts, with ids of some examples. The exit code is 1 if a check failed.`,
  operands: ["[data]"],
  options: JSON_OPTION,
  async run({ operands: [what], options, print }) {
    if (what !== undefined && what !== "data")
      throw wrongArguments(
        `"${what}" cannot be checked by itself: write \`tidings check\` or \`tidings check data\``,
      );
    const results =
      what === "data"
        ? await withDatabase("check", (db, { lender }) => checkData(db, lender.country))
        : await checkAll();
    return printResults(results, options.json === true, print);
  },
});

async function checkAll(): Promise<CheckResult[]> {
  const config = readOrReport();
  if (!("delivery" in config)) return [config];
  return [
    ...checkSettings(config),
    ...(await checkRecord(config)),
    ...(await checkProviders(config)),
    ...(await checkPublicUrl(config)),
  ];
}

function readOrReport(): Config | CheckResult {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return failure("settings", `${error.detail}. Nothing else was checked.`);
  }
}

/** The checks that need the database. Where it cannot be used, the others of them are left out. */
async function checkRecord(config: Config): Promise<CheckResult[]> {
  try {
    return await withPlace("check", config, async (place) => {
      const database = await checkDatabase(place);
      if (database.result === "failed") return [database];
      const db = createDb(place.pool);
      const schema = await checkSchema(db);
      const clock = await checkClock(db);
      if (schema.result === "failed") return [database, schema, clock];
      return [database, schema, clock, ...(await checkContent(db, config))];
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return [failure("database", error.detail)];
  }
}

const checkContent = async (db: Db, { contentKeys, lender }: Config): Promise<CheckResult[]> => [
  await checkKeys(db, contentKeys),
  await checkPolicy(db),
  ...(await checkData(db, lender.country)),
];
