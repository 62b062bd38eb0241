import type { Db } from "../postgres/db.ts";
import type { TemplateVersion } from "../../domain/template/version.ts";

/** Records that a version is about to be sent as a test. The database adds by whom and when. */
export async function recordTest(
  db: Db,
  { id, version, contentHash }: Pick<TemplateVersion, "id" | "version" | "contentHash">,
): Promise<void> {
  await db
    .insertInto("templateTests")
    .values({ templateId: id, templateVersion: version, contentHash })
    .execute();
}
