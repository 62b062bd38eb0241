import { type Brand, brandFile } from "../../domain/template/brand.ts";
import type { Finding } from "../../domain/template/finding.ts";
import { schemaIssues } from "../../domain/template/schema-issues.ts";
import { type JsonDocument, schemaFindings } from "./json-document.ts";

/** The backgrounds of the layout, in light and in dark. */
const LIGHT = "#ffffff";
const DARK = "#1a2129";

/** WCAG 2.2, 1.4.3 (text) and 1.4.11 (lines that carry meaning), level AA. */
const TEXT_CONTRAST = 4.5;
const LINE_CONTRAST = 3;

/** Returns every finding in a brand file: what does not fit its schema, and colors that cannot be read. */
export function brandFindings(document: JsonDocument): readonly Finding[] {
  const issues = schemaFindings(document, schemaIssues(brandFile, document.value));
  const { data } = brandFile.safeParse(document.value);
  if (data === undefined) return [...document.faults, ...issues];
  const at = (path: readonly string[], message: string): Finding => ({
    file: document.name,
    ...document.placeOf(path),
    message,
  });
  const stateless = data.stateVariable === undefined && data.footers.some(({ states }) => states);
  return [
    ...document.faults,
    ...(stateless
      ? [
          at(
            ["footers"],
            'Add "stateVariable": "loan.data.state" or another variable with the state.',
          ),
        ]
      : []),
    ...contrastsOf(data).flatMap(({ path, on, least, ratio }) =>
      ratio >= least ? [] : [at(path, sayContrast({ name: path.join("."), on, least, ratio }))],
    ),
  ];
}

interface Contrast {
  readonly path: readonly string[];
  readonly on: string;
  readonly least: number;
  readonly ratio: number;
}

function contrastsOf({ colors }: Brand): readonly Contrast[] {
  const { dark } = colors;
  return [
    contrast(["colors", "accent"], colors.accent, [
      `the background ${LIGHT}`,
      LIGHT,
      LINE_CONTRAST,
    ]),
    contrast(["colors", "heading"], colors.heading, [
      `the background ${LIGHT}`,
      LIGHT,
      TEXT_CONTRAST,
    ]),
    contrast(["colors", "buttonText"], colors.buttonText, [
      `colors.button ${colors.button}`,
      colors.button,
      TEXT_CONTRAST,
    ]),
    contrast(["colors", "dark", "accent"], dark.accent, [
      `the dark background ${DARK}`,
      DARK,
      LINE_CONTRAST,
    ]),
    contrast(["colors", "dark", "heading"], dark.heading, [
      `the dark background ${DARK}`,
      DARK,
      TEXT_CONTRAST,
    ]),
  ];
}

const contrast = (
  path: readonly string[],
  color: string,
  [on, background, least]: readonly [string, string, number],
): Contrast => ({ path, on, least, ratio: contrastRatio(color, background) });

function sayContrast({
  name,
  on,
  least,
  ratio,
}: Omit<Contrast, "path"> & { name: string }): string {
  const shown = (Math.floor(ratio * 10) / 10).toFixed(1);
  return `${name} on ${on} has a contrast of ${shown}:1, and WCAG AA needs ${least}:1. Use a color that differs more in lightness.`;
}

/** The contrast ratio of two colors, from 1 to 21 (WCAG 2.2, "contrast ratio"). */
export function contrastRatio(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
