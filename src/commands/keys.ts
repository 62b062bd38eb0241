import { SCOPES, type Scope } from "../domain/vocabulary.ts";
import { generateKey } from "../api-key.ts";
import { insertApiKey, listApiKeys, revokeApiKey, type ApiKey } from "../store/api/api-keys.ts";
import { refuseAlone, wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { JSON_OPTION, type Output, printResult } from "./cli/json.ts";
import { momentsIn, type ShowMoment } from "./cli/moment.ts";
import { BY_OPTION, readOperator } from "./cli/operator.ts";
import { aligned, page } from "./cli/layout.ts";
import type { Print } from "./cli/print.ts";
import { EXIT, type ExitCode } from "./cli/exit-codes.ts";

/** Creates, lists and revokes the keys of the REST resources. A name in use is `refused`, and a name that is not in use is `notFound`. */
export const keys = command({
  name: "keys",
  summary: "create, list and revoke the keys of the REST resources",
  takes:
    "(create NAME --scopes SCOPE,SCOPE [--days DAYS] | list | revoke NAME) [--by NAME] [--json]",
  details: `A key is shown once, when it is created, and stored as a hash. A key that is revoked or\nexpires is refused within a second. The name of a revoked key can be used again. Scopes:\nall, or some of ${SCOPES.slice(0, 3).join(", ")},\n${SCOPES.slice(3).join(", ")}.`,
  operands: ["create|list|revoke", "[name]"],
  options: {
    scopes: {
      type: "string",
      value: "SCOPES",
      message: "the rights of the key, separated by commas",
    },
    days: {
      type: "string",
      value: "DAYS",
      message: "the number of days for which the key is valid (default without end)",
    },
    ...JSON_OPTION,
    ...BY_OPTION,
  },
  async run({ operands: [verb, name], options, print }) {
    if (verb !== "create") refuseAlone(options, ["scopes", "days"], "create NAME");
    if (verb === "list") refuseAlone(options, ["by"], "create NAME or revoke NAME");
    if (verb === "list" && name === undefined)
      return await withDatabase("keys", async (db, { lender }) => {
        const known = await listApiKeys(db);
        if (options.json === true) print(JSON.stringify(known, null, 2));
        else showKeys(print, known, momentsIn(lender.timeZone));
        return EXIT.done;
      });
    if (verb !== "create" && verb !== "revoke")
      throw wrongArguments("give create NAME, list or revoke NAME");
    const holder = readName(name);
    const operator = `operator:${readOperator(options.by)}`;
    const output = { print, json: options.json === true };
    if (verb === "revoke") return await revoke(output, operator, holder);
    const scopes = readScopes(options.scopes);
    return await create(output, operator, {
      name: holder,
      scopes,
      validDays: readDays(options.days),
    });
  },
});

/** The record shows actions of a key as done by `key:NAME`. */
function readName(name: string | undefined): string {
  if (name === undefined || !/^(?!\d+$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw wrongArguments(
      "NAME must be 1 to 64 letters, digits or . _ - and not digits only, such as core-system",
    );
  return name;
}

function readScopes(text: string | undefined): readonly Scope[] {
  if (text === "all") return SCOPES;
  const given = (text ?? "").split(",").map((word) => word.trim());
  const scopes = SCOPES.filter((scope) => given.includes(scope));
  const isKnown = given.every((word) => SCOPES.some((scope) => scope === word));
  if (!isKnown) throw wrongArguments(`--scopes must be all, or some of ${SCOPES.join(",")}`);
  return scopes;
}

const MAX_DAYS = 3_650;

function readDays(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const days = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > MAX_DAYS)
    throw wrongArguments(`--days must be a whole number from 1 to ${MAX_DAYS}`);
  return days;
}

interface KeyRequest {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly validDays: number | undefined;
}

async function create(output: Output, operator: string, request: KeyRequest): Promise<ExitCode> {
  const { name, scopes } = request;
  const { key, prefix, hash } = generateKey();
  const isNew = await withDatabase(operator, (db) =>
    insertApiKey(db, { ...request, prefix, hash }),
  );
  if (!isNew) {
    printResult(output, { name, isCreated: false }, [
      `A key named ${name} is in use. Revoke it, or choose another name.`,
    ]);
    return EXIT.refused;
  }
  printResult(output, { name, isCreated: true, key, scopes }, [
    key,
    `The key is shown only now. Send it as X-API-KEY. Its scopes: ${scopes.join(", ")}.`,
  ]);
  return EXIT.done;
}

async function revoke(output: Output, operator: string, name: string): Promise<ExitCode> {
  const isRevoked = await withDatabase(operator, (db) => revokeApiKey(db, name));
  printResult(output, { name, isRevoked }, [
    isRevoked ? `Revoked ${name}.` : `No key named ${name} is in use; nothing was changed.`,
  ]);
  return isRevoked ? EXIT.done : EXIT.notFound;
}

function showKeys(print: Print, known: readonly ApiKey[], show: ShowMoment): void {
  if (known.length === 0) return print("There is no key. `tidings keys create` creates one.");
  const rows = known.map((key) => [
    key.name,
    `${key.prefix}…`,
    `${show(key.createdAt)} by ${key.createdBy}`,
    key.lastUsedAt === null ? "never" : show(key.lastUsedAt),
    stateOf(key, show),
    key.scopes.join(" "),
  ]);
  const heading = ["name", "key", "created", "last used", "state", "scopes"];
  print(page(aligned([heading, ...rows])));
}

function stateOf(key: ApiKey, show: ShowMoment): string {
  if (key.revokedAt !== null) return `revoked ${show(key.revokedAt)} by ${key.revokedBy}`;
  if (key.expiresAt === null) return "in use";
  return key.isExpired ? `expired ${show(key.expiresAt)}` : `in use until ${show(key.expiresAt)}`;
}
