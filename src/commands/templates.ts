import { group } from "./group.ts";
import { templatesDiff } from "./templates-diff.ts";
import { templatesList } from "./templates-list.ts";
import { templatesPublish } from "./templates-publish.ts";
import { templatesPush } from "./templates-push.ts";
import { templatesShow } from "./templates-show.ts";

/** From folders to what borrowers read. */
export const templates = group({
  name: "templates",
  summary: "store templates from folders, look at them, publish them",
  details: `A version is a draft until it is published, and never changes afterwards. Write folders,
push them, look at them with \`tidings preview\`, publish.`,
  commands: [templatesPush, templatesList, templatesShow, templatesDiff, templatesPublish],
});
