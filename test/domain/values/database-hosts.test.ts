import { expect, test } from "vitest";
import { hostsOf } from "../../../src/domain/values/database-hosts.ts";

test.each([
  ["postgres://kim:s%2Cecret@db:5432/core", ["postgres://kim:s%2Cecret@db:5432/core"]],
  [
    "postgres://kim:secret@a:5432,b:5433/core?sslmode=verify-full",
    [
      "postgres://kim:secret@a:5432/core?sslmode=verify-full",
      "postgres://kim:secret@b:5433/core?sslmode=verify-full",
    ],
  ],
  ["postgresql://a,[::1]:5433/core", ["postgresql://a/core", "postgresql://[::1]:5433/core"]],
  [
    "postgres://kim@localhost/core?host=a,b&port=5433",
    [
      "postgres://kim@localhost/core?host=a&port=5433",
      "postgres://kim@localhost/core?host=b&port=5433",
    ],
  ],
  [
    "postgres://kim@localhost/core?host=a,b&port=5433,5434",
    [
      "postgres://kim@localhost/core?host=a&port=5433",
      "postgres://kim@localhost/core?host=b&port=5434",
    ],
  ],
  ["no URL", ["no URL"]],
])("the hosts of %s", (url, hosts) => {
  expect(hostsOf(url)).toEqual(hosts);
});
