import type { Brand } from "../../domain/template/brand.ts";
import { escapeHtml } from "../language/escape-html.ts";
import type { File } from "./fragments.ts";

/** For whom the footers are chosen. */
interface Reader {
  readonly language: string | null;
  readonly theme: string | null;
}

/**
 * Returns the brand as partials, which are inlined like others: so a published version keeps the brand that it was published
 * with, and its content hash covers it.
 */
export function brandPartials(brand: Brand, reader: Reader): readonly File[] {
  const { colors, logo } = brand;
  const name = brand.name === undefined ? "{{lender.name}}" : escapeHtml(brand.name);
  const alt = brand.name === undefined ? "" : name;
  const masthead =
    logo === undefined
      ? name
      : `<img src="${escapeHtml(logo.url)}" width="${logo.width}" alt="${alt || "{{lender.name}}"}" style="display:block;border:0;max-width:100%;height:auto;">`;
  return [
    ...inBoth("brandName", brand.name, "{{lender.name}}"),
    ...inBoth("brandPostalAddress", brand.postalAddress, "{{lender.postalAddress}}"),
    ...inBoth("brandPhone", brand.phone, "{{phone lender.phone}}"),
    { name: "brandMasthead.html.hbs", text: masthead },
    { name: "brandAccent.html.hbs", text: colors.accent },
    { name: "brandHeading.html.hbs", text: colors.heading },
    { name: "brandButton.html.hbs", text: colors.button },
    { name: "brandButtonText.html.hbs", text: colors.buttonText },
    { name: "brandDarkAccent.html.hbs", text: colors.dark.accent },
    { name: "brandDarkHeading.html.hbs", text: colors.dark.heading },
    { name: "brandLicenses.html.hbs", text: brand.licenses.map(paragraph).join("\n") },
    { name: "brandLicenses.text.hbs", text: brand.licenses.join("\n") },
    { name: "brandFooters.html.hbs", text: footersOf(brand, reader, paragraph).join("\n") },
    { name: "brandFooters.text.hbs", text: footersOf(brand, reader, String).join("\n\n") },
  ];
}

/** A value of the brand in every part, or what stands there without it. */
const inBoth = (name: string, value: string | undefined, otherwise: string): readonly File[] => [
  { name: `${name}.html.hbs`, text: value === undefined ? otherwise : escapeHtml(value) },
  { name: `${name}.hbs`, text: value ?? otherwise },
];

const paragraph = (text: string): string => `<p style="margin:0 0 12px;">${escapeHtml(text)}</p>`;

function footersOf(
  { footers, stateVariable }: Brand,
  { language, theme }: Reader,
  write: (text: string) => string,
): readonly string[] {
  const own = footers.filter((footer) => footer.theme === undefined || footer.theme === theme);
  return own.flatMap(({ text, states }) => {
    const words = text[language ?? ""] ?? text[language?.replace(/-.*/, "") ?? ""];
    if (words === undefined) return [];
    if (states === undefined || stateVariable === undefined) return [write(words)];
    const list = states.map((state) => `"${state}"`).join(" ");
    return [`{{#if (is ${stateVariable} ${list})}}${write(words)}{{/if}}`];
  });
}
