import { expect, test } from "vitest";
import { fixedMembers, judgeRow, TABLE } from "./question.ts";

test.each(TABLE.rows)("row $id: $title", ({ given, expected }) => {
  expect(fixedMembers(judgeRow(given), expected)).toEqual(expected);
});
