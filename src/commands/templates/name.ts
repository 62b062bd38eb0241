import { SLUG } from "../../domain/template/about.ts";
import type { TemplateName, TemplateVersion } from "../../domain/template/version.ts";
import type { Db } from "../../store/postgres/db.ts";
import { loadVersions } from "../../store/templates/versions.ts";
import { notFound, readWhole, wrongArguments } from "../cli/arguments.ts";

/** The name of a template on the command line: its id, or the name of its folder. */
export function readTemplateName(word: string): TemplateName {
  if (/^\d+$/.test(word)) return { kind: "id", id: readWhole("TEMPLATE", word) };
  if (SLUG.test(word)) return { kind: "slug", slug: word };
  throw wrongArguments(`TEMPLATE must be a number or the name of a folder, not "${word}"`);
}

/** Returns all versions of a template, the newest first. Throws NOT_FOUND if there is no such template. */
export async function findVersions(
  db: Db,
  name: TemplateName,
): Promise<readonly [TemplateVersion, ...TemplateVersion[]]> {
  const [newest, ...older] = await loadVersions(db, name);
  if (newest !== undefined) return [newest, ...older];
  const word = name.kind === "id" ? String(name.id) : name.slug;
  throw notFound(`there is no template ${word}; \`tidings templates list\` shows them`);
}

/** Returns the requested version, or the newest. Throws NOT_FOUND if there is no such version. */
export function chooseVersion(
  versions: readonly [TemplateVersion, ...TemplateVersion[]],
  asked: string | undefined,
): TemplateVersion {
  const [newest] = versions;
  if (asked === undefined) return newest;
  const number = readWhole("--version", asked);
  const found = versions.find(({ version }) => version === number);
  if (found !== undefined) return found;
  const known = versions.map(({ version }) => version).join(", ");
  throw notFound(`template ${titleOf(newest)} has no version ${number}; it has ${known}`);
}

/** Returns the name of a template for people. */
export const titleOf = ({ id, slug }: Pick<TemplateVersion, "id" | "slug">): string =>
  slug ?? String(id);
