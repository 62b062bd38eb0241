import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";

/** Makes a folder with what a clone of the repository has after `npm ci`, and without the data of this one. */
export function makeClone(clone: string): void {
  mkdirSync(clone, { recursive: true });
  for (const name of ["package.json", "node_modules", "src", "tasks", "migrations", "templates"])
    symlinkSync(resolve(name), join(clone, name));
}
