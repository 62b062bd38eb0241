import { requirementsOf } from "../../template/check/requirements.ts";
import { presentParts } from "../../template/language/parts.ts";
import { inReadingOrder, type TemplateVersion } from "../../domain/template/version.ts";
import { JSON_OPTION } from "../cli/json.ts";
import { refuseAlone } from "../cli/arguments.ts";
import { command } from "../cli/command.ts";
import { withDatabase } from "../cli/database.ts";
import { momentsIn, type ShowMoment } from "../cli/moment.ts";
import { aligned, wrapped } from "../cli/layout.ts";
import { chooseVersion, findVersions, readTemplateName, titleOf } from "./name.ts";
import { EXIT } from "../cli/exit-codes.ts";

/** Shows one version of a template: its properties, variables and parts. */
export const templatesShow = command({
  name: "templates show",
  summary: "show a template: its versions, the variables that it needs, and its parts",
  takes: "TEMPLATE [--version N] [--assembled] [--json]",
  details: `TEMPLATE is a number or the name of a folder. The parts are shown as their author wrote them;
--assembled shows what is rendered, with the partials in it.`,
  operands: ["TEMPLATE"],
  options: {
    version: { type: "string", value: "N", message: "the version (default: the newest)" },
    assembled: { type: "boolean", message: "the parts with their partials inlined" },
    ...JSON_OPTION,
  },
  async run({ options, operands: [word = ""], print }) {
    const name = readTemplateName(word);
    if (options.json === true)
      refuseAlone(options, ["assembled"], "`templates show` without --json");
    return await withDatabase("templates", async (db, config) => {
      const versions = await findVersions(db, name);
      const version = chooseVersion(versions, options.version);
      const show = momentsIn(config.lender.timeZone);
      if (options.json === true) print(jsonOf(version, versions));
      else {
        const sources = options.assembled === true ? null : version.sources;
        print(pageOf({ ...version, sources }, versions, show));
      }
      return EXIT.done;
    });
  },
});

function pageOf(
  version: TemplateVersion,
  versions: readonly TemplateVersion[],
  show: ShowMoment,
): string {
  return [
    `Template ${version.id}, ${titleOf(version)}, version ${version.version}: ${version.status}`,
    ...aligned(aboutRows(version)),
    "",
    "versions",
    ...aligned(versions.map((one) => versionRow(one, show))),
    "",
    "variables",
    ...requirementLines(version),
    ...partLines(version),
  ].join("\n");
}

/** The files as they were written, and the names of their partials; or the parts if the files are not known. */
function partLines(version: TemplateVersion): readonly string[] {
  const { sources } = version;
  const all =
    sources === null
      ? presentParts(version)
      : inReadingOrder(Object.keys(sources)).map((name) => [name, sources[name] ?? ""] as const);
  const isPartial = (name: string): boolean => name.startsWith("partials/");
  const parts = all
    .filter(([name]) => !isPartial(name))
    .flatMap(([name, text]) => [
      "",
      name,
      ...text
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => `  ${line}`.trimEnd()),
    ]);
  const partials = all.map(([name]) => name).filter(isPartial);
  if (partials.length === 0) return parts;
  const names = partials.map((name) => name.replace("partials/", "")).join(" ");
  return [...parts, "", "partials in it, which --assembled shows", ...wrapped(names, "  ")];
}

function aboutRows(version: TemplateVersion): string[][] {
  const { name, channel, language, subject, theme, sensitive, samples, contentHash } = version;
  return [
    ["  name", name],
    ["  channel", channel],
    ["  language", language],
    ["  subject", subject ?? "none"],
    ["  theme", theme ?? "none"],
    ["  sensitive", sensitive ? "yes, the content of its notices is sealed" : "no"],
    ["  kind", version.kind ?? "not known, taken as ordinary"],
    ["  asks for money", yesNo(version.asksForMoney)],
    ["  required by law", requiredIn(version)],
    ["  programme", version.programme ?? "default"],
    ["  declares", version.declares.join(", ") || "nothing"],
    ["  samples", Object.keys(samples).join(", ") || "none"],
    ["  SHA-256", contentHash],
  ];
}

const yesNo = (flag: boolean | null): string =>
  flag === null ? "not known, taken as no" : flag ? "yes" : "no";

const requiredIn = ({ requiredByLaw, requiredMedium }: TemplateVersion): string =>
  requiredMedium === null ? yesNo(requiredByLaw) : `yes, by ${requiredMedium}`;

function versionRow(version: TemplateVersion, show: ShowMoment): string[] {
  const { createdAt, createdBy, updatedAt, publishedAt, publishedBy, deprecatedAt } = version;
  const edited = updatedAt === null ? "" : `, edited ${show(updatedAt)}`;
  return [
    `  ${version.version}`,
    version.status,
    `written ${show(createdAt)} by ${createdBy}${edited}`,
    publishedAt === null ? "" : `published ${show(publishedAt)} by ${publishedBy ?? "unknown"}`,
    deprecatedAt === null ? "" : `deprecated ${show(deprecatedAt)}`,
  ];
}

const NEEDED = {
  required: "always",
  conditional: "in some of its branches",
  optional: "if there is one",
} as const;

function requirementLines(version: TemplateVersion): string[] {
  const needs = requirementsOf(version);
  const kinds = ["required", "conditional", "optional"] as const;
  return kinds.flatMap((kind) =>
    needs[kind].length === 0
      ? []
      : [`  ${kind}, ${NEEDED[kind]}:`, ...wrapped(needs[kind].join(" "), "    ")],
  );
}

/** The fields that are shown for every version. */
const HISTORY = [
  "version",
  "status",
  "contentHash",
  "createdAt",
  "createdBy",
  "publishedAt",
  "publishedBy",
  "deprecatedAt",
] as const;

function jsonOf(version: TemplateVersion, versions: readonly TemplateVersion[]): string {
  const document = {
    ...version,
    requirements: requirementsOf(version),
    versions: versions.map((each) => Object.fromEntries(HISTORY.map((name) => [name, each[name]]))),
  };
  return JSON.stringify(document, null, 2);
}
