import type { Print } from "./print.ts";

const HELP = `tidings: sends a lender's notices when its cases change, once, and keeps the record

  tidings start     run the daemon until SIGTERM or SIGINT
  tidings demo      show the whole of it on sample data, in a sandbox
  tidings migrate   bring the schema of DATABASE_URL up to date, and no more
  tidings health    exit 0 while a daemon of this host is heard of; for a container's health check
  tidings help      this page

Settings are environment variables; .env.example lists every one with its default.`;

export function help(print: Print): number {
  print(HELP);
  return 0;
}
