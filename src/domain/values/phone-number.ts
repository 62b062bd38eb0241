import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";

/** Every number of the North American plan in E.164 is possible. The library takes 10 to 20 µs to find that out. */
const NORTH_AMERICAN = /^\+1[2-9]\d{2}[2-9]\d{6}$/;

/**
 * Reads a phone number however it is written, and returns it in E.164, such as +16145550107; null if it is none. A number
 * without a country is one of `homeCountry` (ISO 3166-1, such as US).
 */
export function readPhoneNumber(written: string, homeCountry: string): string | null {
  if (NORTH_AMERICAN.test(written)) return written;
  const number = parsePhoneNumberFromString(written, {
    defaultCountry: homeCountry as CountryCode,
    extract: false,
  });
  return number?.isPossible() === true ? number.number : null;
}
