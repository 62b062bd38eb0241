const ENTITIES: readonly (readonly [character: string, entity: string])[] = [
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["'", "&#x27;"],
  ["`", "&#x60;"],
  ["=", "&#x3D;"],
];
/** Text in html and in quoted attributes needs the first four. */
const NEEDED = ENTITIES.slice(0, 4);

/** Makes text safe in html and in quoted attributes. */
export const escapeHtml = (text: string): string =>
  NEEDED.reduce((rest, [character, entity]) => rest.replaceAll(character, entity), text);

/** Reads text in which `escapeHtml` or Handlebars wrote entities. */
export const unescapeHtml = (text: string): string =>
  ENTITIES.toReversed().reduce(
    (rest, [character, entity]) => rest.replaceAll(entity, character),
    text,
  );
