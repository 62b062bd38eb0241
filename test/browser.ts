import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium, { inflate } from "@sparticuz/chromium";
import { type Browser, launch } from "puppeteer-core";

export interface OpenBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * Opens a real Chromium. It comes with an npm package, and so do the libraries that a bare container lacks, so `npm ci` is
 * all that a clone on Linux needs. CHROMIUM_PATH names another one, which other systems need.
 */
export async function openBrowser(): Promise<OpenBrowser> {
  const folder = mkdtempSync(join(tmpdir(), "tidings-browser-"));
  const own = process.env["CHROMIUM_PATH"];
  const browser = own === undefined ? await launchPackaged(folder) : await launchOther(own);
  const close = async (): Promise<void> => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { browser, close };
}

const launchOther = (executablePath: string): Promise<Browser> =>
  launch({ executablePath, args: ["--no-sandbox"] });

/** The package unpacks itself into the folder for temporary files, which two test runs would share. */
async function launchPackaged(folder: string): Promise<Browser> {
  const shared = process.env["TMPDIR"];
  process.env["TMPDIR"] = folder;
  try {
    await inflate("node_modules/@sparticuz/chromium/bin/al2023.tar.br");
    const executablePath = await chromium.executablePath();
    const env = { ...process.env, HOME: folder, LD_LIBRARY_PATH: join(folder, "al2023", "lib") };
    return await launch({ executablePath, args: chromium.args, headless: "shell", env });
  } finally {
    if (shared === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = shared;
  }
}
