import { defineConfig } from "vitest/config";

/** Tests of pure code and of the files themselves. They need no database: `npm run test:unit`. */
const UNIT = [
  "test/{decide,template}/**/*.test.ts",
  "test/house/!(schema|rights|sql-types).test.ts",
  "test/*.test.ts",
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // a poll ends with the event it waits for; this bound only stops a test whose event never comes
    expect: { poll: { timeout: 45_000, interval: 20 } },
    reporters: ["default", "json"],
    outputFile: { json: ".ci/report.json" },
    projects: [
      { extends: true, test: { name: "unit", include: UNIT } },
      {
        extends: true,
        test: {
          name: "system",
          include: ["test/**/*.test.ts"],
          exclude: UNIT,
          globalSetup: ["test/global.ts"],
        },
      },
    ],
  },
});
