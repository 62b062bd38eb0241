import { spawn } from "node:child_process";

/** Opens a file or an address in the browser. Resolves to a sentence when it was started, or could not be started. */
export async function openInBrowser(url: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  const child = spawn(opener, [url], { detached: true, stdio: "ignore" });
  child.once("error", () => resolve(`${opener} is not installed. Open the file yourself.`));
  child.once("spawn", () => resolve("Opened in a browser."));
  child.unref();
  return await promise;
}
