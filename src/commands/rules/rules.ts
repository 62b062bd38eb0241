import { RULES } from "../../decide/guard/catalogue.ts";
import { builtInPolicy } from "../../decide/guard/policy/policy.ts";
import { notFound, wrongArguments } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { rulesList, rulesMarkdown } from "./list.ts";
import { rulePage } from "./rule-page.ts";
import { EXIT } from "../cli/exit-codes.ts";

/** Lists the rules of the guard, or explains one, without a database. */
export const rules = command({
  name: "rules",
  summary: "list the compliance rules, or explain one",
  takes: "[show RULE_ID] [--json | --markdown]",
  details: "The list shows number, id, whether the rule is on, its citation and its parameters.",
  operands: ["[show]", "[RULE_ID]"],
  options: {
    json: { type: "boolean", message: "as JSON" },
    markdown: { type: "boolean", message: "print docs/rules.md" },
  },
  async run({ options: { json = false, markdown = false }, operands: [verb, id], print }) {
    const policy = builtInPolicy();
    if (verb === undefined) {
      print(markdown ? rulesMarkdown(policy) : rulesList(policy, json));
      return EXIT.done;
    }
    if (verb !== "show" || id === undefined) throw wrongArguments("give `rules show RULE_ID`");
    const rule = RULES.find((one) => one.id === id);
    if (rule === undefined) throw notFound(`there is no rule ${id}; \`tidings rules\` lists them`);
    print(rulePage(rule, policy, json));
    return EXIT.done;
  },
});
