import { group } from "../cli/group.ts";
import { templatesDiff } from "./diff.ts";
import { templatesGallery } from "./gallery.ts";
import { templatesList } from "./list.ts";
import { templatesNew } from "./new.ts";
import { templatesPublish } from "./publish.ts";
import { templatesPush } from "./push.ts";
import { templatesShow } from "./show.ts";

/** Stores, shows and publishes templates. */
export const templates = group({
  name: "templates",
  summary: "store templates from folders, show them, publish them",
  details: `A version is a draft until it is published, and never changes afterwards. Write folders,
push them, look at them with \`tidings preview\`, publish.`,
  commands: [
    templatesNew,
    templatesPush,
    templatesList,
    templatesShow,
    templatesDiff,
    templatesPublish,
    templatesGallery,
  ],
});
