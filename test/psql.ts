import { readFileSync } from "node:fs";
import { Client } from "pg";

// In the place of psql, where a page or manifest runs it: the URL is the argument that is one, the SQL follows -c, or is in
// the file after -f, or on the standard input.
const argv = process.argv.slice(2);
const after = (option: string): string | undefined =>
  argv.includes(option) ? argv[argv.indexOf(option) + 1] : undefined;
const client = new Client({
  connectionString: argv.find((word) => word.startsWith("postgres://")),
});
await client.connect();
await client.query(after("-c") ?? readFileSync(after("-f") ?? 0, "utf8"));
await client.end();
