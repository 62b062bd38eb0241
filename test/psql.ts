import { readFileSync } from "node:fs";
import { Client } from "pg";

// In the place of psql, where a page or manifest runs it: the URL is the last argument, the SQL is in the file after -f
// or on the standard input.
const argv = process.argv.slice(2);
const file = argv.includes("-f") ? argv[argv.indexOf("-f") + 1] : undefined;
const client = new Client({ connectionString: argv.at(-1) });
await client.connect();
await client.query(readFileSync(file ?? 0, "utf8"));
await client.end();
