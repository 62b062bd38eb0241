import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";

/** A sample as the starter set has them. */
export const SAMPLE = JSON.parse(
  readFileSync("templates/bankruptcy-filed.email.en/sample.json", "utf8"),
) as object;

/** A directory for template folders that goes away with the tests of a file. */
export function useFolders(): {
  readonly root: string;
  /** Writes files below the root, a folder's path before each name; null takes one away. */
  readonly write: (files: Readonly<Record<string, string | object | null>>) => void;
} {
  const root = mkdtempSync(join(tmpdir(), "tidings-folders-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  return {
    root,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(root, name);
        mkdirSync(dirname(path), { recursive: true });
        if (content === null) rmSync(path);
        else writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      }
    },
  };
}

/** The files of a whole email, in `folder`. */
export const emailFiles = (
  folder: string,
  changed: Readonly<Record<string, string | object>> = {},
): Record<string, string | object> => {
  const files = {
    "template.json": { name: "An email", channel: "email", language: "en" },
    "sample.json": SAMPLE,
    "subject.hbs": "About your case\n",
    "text.hbs": "Dear {{borrower.name.firstName}},\nwe wrote to you.\n{{lender.name}}\n",
    ...changed,
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [join(folder, name), content]),
  );
};
