import { ROLE_KINDS } from "../store/rights/role-rights.ts";
import { isRoleName, rolesSql, type RoleNames } from "../store/rights/roles.ts";
import { wrongArguments } from "./cli/arguments.ts";
import { command } from "./cli/command.ts";
import { EXIT } from "./cli/exit-codes.ts";

/** The default names of the roles. */
const DEFAULT_NAMES = {
  core: "tidings_core",
  daemon: "tidings_daemon",
  operator: "tidings_operator",
  reader: "tidings_reader",
} as const;

/** Prints the SQL that grants database roles their rights. Opens no database. */
export const roles = command({
  name: "roles",
  summary: "print the SQL that gives database roles their rights",
  takes: "[--core NAME] [--daemon NAME] [--operator NAME] [--reader NAME]",
  details:
    "Without an option, all four roles are printed under the names tidings_core, tidings_daemon,\ntidings_operator and tidings_reader. Run the SQL as the owner of the schemas, after\n`tidings migrate` and again after each upgrade: `tidings roles | psql -v ON_ERROR_STOP=1 …`.",
  options: {
    core: { type: "string", value: "NAME", message: "the role of the core system" },
    daemon: { type: "string", value: "NAME", message: "the role of the daemons" },
    operator: { type: "string", value: "NAME", message: "the role of the operators" },
    reader: { type: "string", value: "NAME", message: "a role that reads everything but contents" },
  },
  async run({ options, print }) {
    const given = ROLE_KINDS.flatMap((kind) => options[kind] ?? []);
    checkNames(given);
    const names: RoleNames = given.length > 0 ? options : DEFAULT_NAMES;
    print(rolesSql(names));
    return EXIT.done;
  },
});

function checkNames(names: readonly string[]): void {
  const unusable = names.find((name) => !isRoleName(name));
  if (unusable !== undefined)
    throw wrongArguments(
      `"${unusable}" is not the name of a role: give a letter or _, then letters, digits and _ . @ - (at most 63 bytes), and no name that Postgres keeps for itself`,
    );
  if (new Set(names).size < names.length)
    throw wrongArguments("give each role a different name: their rights would add up");
}
