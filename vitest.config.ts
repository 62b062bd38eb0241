import { defineConfig } from "vitest/config";

/** Tests of pure code and of the files themselves. They need no database: `npm run test:unit`. */
const UNIT = [
  "test/{decide,template}/**/*.test.ts",
  "test/house/!(personal-data|refusals|rights|schema|sql-types).test.ts",
  "test/*.test.ts",
];

export default defineConfig({
  test: {
    maxWorkers: 2,
    // limits only stop a test whose event never comes, so they are long enough for a slow machine
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 150_000, interval: 20 } },
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
