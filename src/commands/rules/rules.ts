import { RULES } from "../../decide/guard/catalogue.ts";
import { builtInPolicy } from "../../decide/guard/policy/policy.ts";
import { POLICY_CHANGES } from "../../domain/guard/policy-record.ts";
import { notFound, refuseAlone, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { EXIT } from "../cli/exit-codes.ts";
import { printResult } from "../cli/json.ts";
import { BY_OPTION, REASON_OPTION } from "../cli/operator.ts";
import { changePolicy } from "./change.ts";
import { rulesList, rulesMarkdown } from "./list.ts";
import { readPolicy } from "./policy.ts";
import { rulePage } from "./rule-page.ts";

/** Lists the rules of the guard, explains one, or changes the policy. */
export const rules = command({
  name: "rules",
  summary: "list the compliance rules, explain one, or change the policy",
  takes: `[show RULE_ID] [--at TIME] [--json | --markdown]
       tidings rules (off | on) RULE_ID --reason "…" [--from TIME] [--by NAME] [--json]
       tidings rules stricter RULE_ID (hold | refuse) --reason "…" [--from TIME] [--by NAME] [--json]
       tidings rules set ENTRY_ID --value JSON --reason "…" [--from TIME] [--by NAME] [--json]
       tidings rules reset ENTRY_ID --reason "…" [--from TIME] [--by NAME] [--json]`,
  details: `The list shows number, id, state, where its parameters hold, who changed it and when, and its
source, now or at a TIME. Without a database it shows what is built in. A change is a row
of guard_policy_changes. docs/policy.md shows how to write one in SQL, also for a state.`,
  operands: ["[verb]", "[ID]", "[outcome]"],
  options: {
    at: { type: "string", value: "TIME", message: "the policy as it was at that time" },
    json: { type: "boolean", message: "as JSON" },
    markdown: { type: "boolean", message: "print docs/rules.md" },
    value: { type: "string", value: "JSON", message: "what changes of the entry's value" },
    from: { type: "string", value: "TIME", message: "when the change begins (default now)" },
    ...REASON_OPTION,
    ...BY_OPTION,
  },
  async run({ options, operands: [verb, id, ...more], print }) {
    const { at, json = false, markdown = false } = options;
    const change = POLICY_CHANGES.find((one) => one === verb);
    if (change !== undefined) {
      if (id === undefined) throw wrongArguments(`give \`rules ${change} ID\``);
      refuseAlone(options, ["at", "markdown"], "`rules` without a change");
      if (change !== "set") refuseAlone(options, ["value"], "set ENTRY_ID");
      const { document, words } = await changePolicy(change, [id, ...more], options);
      printResult({ print, json }, document, [words]);
      return EXIT.done;
    }
    refuseAlone(options, ["reason", "value", "from", "by"], `one of ${POLICY_CHANGES.join(", ")}`);
    if (markdown) refuseAlone(options, ["at", "json"], "`rules` without --markdown");
    if (verb === undefined) {
      print(markdown ? rulesMarkdown(builtInPolicy()) : rulesList(await readPolicy(at), json));
      return EXIT.done;
    }
    if (verb !== "show" || id === undefined || more.length > 0)
      throw wrongArguments(
        `give \`rules show RULE_ID\`, or ${POLICY_CHANGES.join(", ")} with an id; \`tidings rules --help\` shows its usage`,
      );
    refuseAlone(options, ["markdown"], "`rules` without a verb");
    const rule = RULES.find((one) => one.id === id);
    if (rule === undefined) throw notFound(`there is no rule ${id}; \`tidings rules\` lists them`);
    print(rulePage(rule, await readPolicy(at), json));
    return EXIT.done;
  },
});
