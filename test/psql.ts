import { text } from "node:stream/consumers";
import { Client } from "pg";

// In the place of psql, where a page pipes SQL into it: the URL is the last argument.
const client = new Client({ connectionString: process.argv.at(-1) });
await client.connect();
await client.query(await text(process.stdin));
await client.end();
