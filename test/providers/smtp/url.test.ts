import { describe, expect, test } from "vitest";
import { readSmtpUrl } from "../../../src/providers/smtp/url.ts";

describe("the URL of the mail server", () => {
  test("gives host, port and login, decoded", () => {
    const { options, login } = readSmtpUrl(
      "smtp://user%40lender.example:p%3Ass@mx.example.com:2525?name=tidings.lender.example",
    );
    expect(options).toMatchObject({
      host: "mx.example.com",
      port: "2525",
      secure: false,
      name: "tidings.lender.example",
    });
    expect(login).toEqual({ user: "user@lender.example", pass: "p:ss" });
  });

  test.each([
    ["smtp://mx.example.com", { secure: false, requireTLS: true }],
    ["smtps://mx.example.com", { secure: true, requireTLS: false }],
    ["smtp://mx.example.com?requireTLS=false", { requireTLS: false }],
    ["smtp://localhost:1025", { requireTLS: false }],
    ["smtp://127.0.0.1:1025", { requireTLS: false }],
    ["smtp://[::1]:1025", { host: "::1", requireTLS: false }],
    ["smtp://127.0.0.1.example.com", { requireTLS: true }],
    ["smtp://localhost?requireTLS=true", { requireTLS: true }],
    ["smtp://mx.example.com", { tls: { rejectUnauthorized: true } }],
    ["smtp://mx.example.com?rejectUnauthorized=false", { tls: { rejectUnauthorized: false } }],
  ])("%s: %j", (url, expected) => {
    expect(readSmtpUrl(url).options).toMatchObject(expected);
  });

  test.each([
    "not a url s3cret",
    "https://user:s3cret@mx.example.com",
    "smtp://user:s3cret@mx.example.com?requireTls=false",
    "smtp://user:s3cret@mx.example.com?requireTLS=no",
    "smtp://user:s3cret@mx.example.com:99999",
  ])("%s is refused, and the password not repeated", (url) => {
    expect(() => readSmtpUrl(url)).toThrow(/^(?!.*s3cret).*SMTP URL/u);
  });
});
