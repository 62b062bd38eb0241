import { parsePhoneNumberFromString } from "libphonenumber-js";
import { expect, test } from "vitest";
import { readPhoneNumber } from "../../../src/domain/values/phone-number.ts";

test("a number of North America in E.164 is read as the library reads it", () => {
  for (let areaCode = 200; areaCode < 1_000; areaCode += 1)
    for (const rest of ["2000000", "5550107", "9999999"]) {
      const number = `+1${areaCode}${rest}`;
      const read = parsePhoneNumberFromString(number, { defaultCountry: "US", extract: false });
      expect(read?.isPossible() === true ? read.number : null).toBe(number);
      expect(readPhoneNumber(number, "US")).toBe(number);
    }
});

test.each([
  ["(614) 555-0107", "+16145550107"],
  ["614.555.0107", "+16145550107"],
  ["+1 614 555 0107", "+16145550107"],
  ["+442079460000", "+442079460000"],
  ["+1614555010", null],
  ["call me", null],
])("%s is %s", (written, read) => expect(readPhoneNumber(written, "US")).toBe(read));
