import { SCOPES, type Scope } from "../domain/vocabulary.ts";
import { makeKey } from "../http/auth/api-key.ts";
import { insertApiKey, listApiKeys, revokeApiKey, type ApiKey } from "../store/api/api-keys.ts";
import { wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { withDatabase } from "./cli/database.ts";
import { momentsIn, type ShowMoment } from "./cli/moment.ts";
import { readOperator } from "./cli/operator.ts";
import { aligned } from "./cli/layout.ts";
import type { Print } from "./cli/print.ts";

/** Makes, lists and revokes the keys of the REST resources. Exit code 1 where nothing was made or revoked. */
export const keys = command({
  name: "keys",
  summary: "make, list and revoke the keys of the REST resources",
  takes: "(create NAME --scopes SCOPE,SCOPE | list | revoke NAME) [--by NAME]",
  details: `A key is shown once, when it is made, and kept as a hash. A revoked key is refused\nwithin a second, and its name can be used again. Scopes: all, or of\n${SCOPES.join(", ")}.`,
  operands: ["create|list|revoke", "[name]"],
  options: {
    scopes: {
      type: "string",
      value: "SCOPES",
      message: "what the key may do, with commas between",
    },
    by: { type: "string", value: "NAME", message: "who does it; $USER unless given" },
  },
  async run({ operands: [verb, name], options, print }) {
    if (verb === "list" && name === undefined)
      return await withDatabase("keys", async (db, { lender }) => {
        showKeys(print, await listApiKeys(db), momentsIn(lender.timeZone));
        return 0;
      });
    if (verb !== "create" && verb !== "revoke")
      throw wrongArguments("say create NAME, list or revoke NAME");
    const holder = readName(name);
    const operator = `operator:${readOperator(options.by ?? process.env["USER"])}`;
    if (verb === "revoke") return await revoke(print, operator, holder);
    return await create(print, operator, { name: holder, scopes: readScopes(options.scopes) });
  },
});

/** It goes on record as the actor of what the key does. */
function readName(name: string | undefined): string {
  if (name === undefined || !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw wrongArguments("NAME must be 1 to 64 letters, digits or . _ -, such as core-system");
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

interface Wanted {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

async function create(print: Print, operator: string, wanted: Wanted): Promise<number> {
  const { key, prefix, hash } = makeKey();
  const isNew = await withDatabase(operator, (db) => insertApiKey(db, { ...wanted, prefix, hash }));
  if (!isNew) {
    print(`A key named ${wanted.name} is in use; revoke it, or choose another name.`);
    return 1;
  }
  print(key);
  print(`This is shown once. Send it as X-API-KEY; it may ${wanted.scopes.join(", ")}.`);
  return 0;
}

async function revoke(print: Print, operator: string, name: string): Promise<number> {
  const isRevoked = await withDatabase(operator, (db) => revokeApiKey(db, name));
  print(isRevoked ? `Revoked ${name}.` : `No key named ${name} is in use; nothing was changed.`);
  return isRevoked ? 0 : 1;
}

function showKeys(print: Print, known: readonly ApiKey[], show: ShowMoment): void {
  if (known.length === 0) return print("There is no key; `tidings keys create` makes one.");
  const rows = known.map((key) => [
    key.name,
    `${key.prefix}…`,
    `${show(key.createdAt)} by ${key.createdBy}`,
    key.revokedAt === null ? "in use" : `revoked ${show(key.revokedAt)} by ${key.revokedBy}`,
    key.scopes.join(" "),
  ]);
  print(aligned([["name", "key", "made", "standing", "scopes"], ...rows]).join("\n"));
}
