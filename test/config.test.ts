import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readConfig } from "../src/config.ts";
import { maskConfig } from "../src/mask-config.ts";
import { createLog, eventLogger } from "../src/log.ts";

const dir = mkdtempSync(join(tmpdir(), "tidings-config-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

test.each([
  ["DATABASE_URL", "localhost", "postgres://user:password@host:5432/database"],
  ["DATABASE_URL", "mysql://localhost/core", "postgres://user:password@host:5432/database"],
  ["SMTP_URL", "mail.example.com:25", "smtps://user:password@host:465"],
  ["LENDER_WEBSITE", "lender.example", "https://lender.example"],
])("%s that reads %s is refused with one that would do", (name, value, example) => {
  expect(() => readConfig({ [name]: value })).toThrow(
    `CONFIG_INVALID: ${name}: must be a URL such as \`${example}\``,
  );
  expect(() => readConfig({ [name]: example })).not.toThrow();
});

test.each(["DATABASE_URL", "SMTP_URL", "TWILIO_AUTH_TOKEN", "CONTENT_KEY"])(
  "%s may come from a file, without the line break at its end",
  (name) => {
    const values: Readonly<Record<string, string>> = {
      DATABASE_URL: "postgres://user:password@host:5432/database",
      SMTP_URL: "smtps://user:password@host:465",
      TWILIO_AUTH_TOKEN: "0".repeat(32),
      CONTENT_KEY: Buffer.alloc(32, 1).toString("base64"),
    };
    const value = values[name] ?? "";
    const path = join(dir, name);
    writeFileSync(path, `${value}\n`);
    expect(readConfig({ [`${name}_FILE`]: path })).toEqual(readConfig({ [name]: value }));
    expect(() => readConfig({ [`${name}_FILE`]: path, [name]: value })).toThrow(
      `CONFIG_INVALID: ${name} and ${name}_FILE are set: set one of them`,
    );
    expect(() => readConfig({ [`${name}_FILE`]: join(dir, "missing") })).toThrow(
      `CONFIG_INVALID: ${name}_FILE: the file cannot be read (ENOENT)`,
    );
  },
);

test.each([
  ["LENDER_NAME", " ", "must not be blank"],
  ["LENDER_POSTAL_ADDRESS", "\t", "must not be blank"],
  ["LENDER_PHONE", "call us", "must be a phone number, such as `+1 614 555 0100`"],
  ["LENDER_PHONE", "555-0100", "must be a phone number, such as `+1 614 555 0100`"],
])("%s that reads %j would fail every notice, and is refused", (name, value, why) => {
  expect(() => readConfig({ [name]: value })).toThrow(`CONFIG_INVALID: ${name}: ${why}`);
});

test.each(["+1 614 555 0100", "(614) 555-0100", "+44 20 7946 0100"])(
  "a lender is called at %s",
  (LENDER_PHONE) => {
    expect(readConfig({ LENDER_PHONE }).lender.phone).toBe(LENDER_PHONE);
  },
);

test.each([
  ["GB", "+44 20 7946 0100"],
  ["US", "(614) 555-0100"],
])("a lender's country is %s", (LENDER_COUNTRY, LENDER_PHONE) => {
  expect(readConfig({ LENDER_COUNTRY, LENDER_PHONE }).lender.country).toBe(LENDER_COUNTRY);
});

test.each([
  [{ LENDER_COUNTRY: "America" }, "LENDER_COUNTRY: must be a country's code of two letters"],
  [{ LENDER_COUNTRY: "XX" }, "LENDER_COUNTRY: must be a country's code of two letters"],
  [{ LENDER_COUNTRY: "GB", LENDER_PHONE: "(614) 555-0100" }, "LENDER_PHONE must begin with +"],
])("%j is refused", (settings, why) => {
  expect(() => readConfig(settings)).toThrow(why);
});

test.each([
  ["http://api.example.com", false],
  ["http://192.0.2.1:8080", false],
  ["http://127.0.0.1.example.com", false],
  ["https://api.example.com", true],
  ["http://127.0.0.1:4010", true],
  ["http://localhost:4010", true],
  ["http://[::1]:4010", true],
])("live texts through %s: %j", (TWILIO_API_URL, isTaken) => {
  const read = (): unknown =>
    readConfig({
      DELIVERY: "live",
      TWILIO_ACCOUNT_SID: "AC1",
      TWILIO_AUTH_TOKEN: "token",
      TWILIO_FROM: "+15005550006",
      TWILIO_API_URL,
    });
  if (isTaken) expect(read).not.toThrow();
  else expect(read).toThrow("TWILIO_API_URL must be an https URL");
});

test("the log shows the settings of live delivery, and no secret", () => {
  const file = join(dir, "daemon.log");
  const config = readConfig({
    DELIVERY: "live",
    SMTP_URL: "smtps://tidings:hunter2@mail.example.com",
    EMAIL_FROM: "notices@example.com",
    TWILIO_ACCOUNT_SID: "ACsecret",
    TWILIO_AUTH_TOKEN: "hunter2",
    TWILIO_FROM: "+15005550006",
  });
  eventLogger(createLog("info", file))("daemon.configured", { config: maskConfig(config) });
  const line = readFileSync(file, "utf8");
  expect(JSON.parse(line)).toMatchObject({
    config: {
      smtp: { url: "smtps://mail.example.com" },
      twilio: { apiUrl: "https://api.twilio.com/", authToken: "***" },
    },
  });
  expect(line).not.toMatch(/hunter2|ACsecret|notices@|5550006|Redacted/);
});

test.each([
  ["DATABASE_URL", "postgres://app@db.example.com:5432/core?password=hunter2&sslmode=require"],
  ["DATABASE_URL", "postgres:///core?user=app&password=hunter2&host=/run/postgres"],
  ["DATABASE_URL", "postgres://app:hunter2@db.example.com/core#hunter2"],
  ["SMTP_URL", "smtps://mail.example.com?pass=hunter2"],
  ["SMTP_URL", "smtps://tidings:hunter2@mail.example.com"],
  ["TWILIO_API_URL", "https://proxy:hunter2@twilio.example.com/api?token=hunter2"],
  ["HTTP_PUBLIC_URL", "https://user:hunter2@api.example.com/tidings?key=hunter2"],
  ["OAUTH_JWKS_URL", "https://user:hunter2@login.example.com/keys?token=hunter2"],
  ["OAUTH_ISSUER", "https://user:hunter2@login.example.com/?token=hunter2"],
])("the configuration in the log shows no secret of %s %s", (name, url) => {
  const config = readConfig({
    DELIVERY: "live",
    HTTP_PORT: "0",
    SMTP_URL: "smtps://mail.example.com",
    EMAIL_FROM: "notices@example.com",
    TWILIO_ACCOUNT_SID: "ACsecret",
    TWILIO_AUTH_TOKEN: "secret",
    TWILIO_FROM: "+15005550006",
    OAUTH_JWKS_URL: "https://login.example.com/keys",
    OAUTH_ISSUER: "https://login.example.com/",
    OAUTH_AUDIENCE: "tidings",
    [name]: url,
  });
  const shown = JSON.stringify(maskConfig(config));
  expect(shown).not.toMatch(/hunter2|user|app@/);
  const { protocol, host, pathname } = new URL(url);
  expect(shown).toContain(`"${protocol}//${host}${pathname}"`);
});

test("an issuer that is not a URL is shown as it is", () => {
  const config = readConfig({
    HTTP_PORT: "0",
    OAUTH_JWKS_URL: "https://login.example.com/keys",
    OAUTH_ISSUER: "core-login",
    OAUTH_AUDIENCE: "tidings",
  });
  expect(maskConfig(config)).toMatchObject({ http: { tokens: { issuer: "core-login" } } });
});

test.each([
  ["SMPT_URL", "SMPT_URL: did you mean SMTP_URL?"],
  ["LENDER_TIMEZONE", "LENDER_TIMEZONE: did you mean LENDER_TIME_ZONE?"],
  ["DATABASE_URL_FILES", "DATABASE_URL_FILES: did you mean DATABASE_URL_FILE?"],
  ["log_level", "log_level: did you mean LOG_LEVEL?"],
])("%s is no setting, and the one that was meant is named", (name, hint) => {
  expect(readConfig({ [name]: "x" }).misspelled).toEqual([hint]);
  expect(() => readConfig({ [name]: "x", HTTP_PORT: "none" })).toThrow(`; ${hint}`);
});

test("variables of other programs, and those next to a setting that is set, are not reported", () => {
  const others = { PATH: "x", HOME: "x", HTTP_PROXY: "x", HTTPS_PORT: "x", PGHOST: "x", LANG: "x" };
  expect(readConfig(others).misspelled).toEqual([]);
  expect(readConfig({ LOG_LEVEL: "info", LOG_LEVELS: "x" }).misspelled).toEqual([]);
  expect(readConfig({ ...process.env }).misspelled).toEqual([]);
});

test("a word that is not known is refused with the nearest one", () => {
  expect(() => readConfig({ LOG_LEVEL: "wran" })).toThrow(
    'LOG_LEVEL: must be one of "debug", "info", "warn", "error", "silent". Did you mean warn?',
  );
});

test.each([
  ["HTTP_PORT", "none", "must be a number"],
  ["CONCURRENCY", "900", "must be at most 64"],
  ["CONCURRENCY", "1.5", "must be a whole number"],
  ["EMAIL_PER_SECOND", "-1", "must be more than 0"],
  ["TWILIO_ACCOUNT_SID", "x", "must begin with AC"],
  ["TWILIO_FROM", "614", "must begin with + and the country's code"],
])("%s that reads %s is refused in words: %s", (name, value, why) => {
  expect(() => readConfig({ [name]: value })).toThrow(
    new RegExp(`^CONFIG_INVALID: ${name}: ${RegExp.escape(why)}$`),
  );
});
