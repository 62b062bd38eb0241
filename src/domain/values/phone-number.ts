import { type CountryCode, parsePhoneNumberFromString } from "libphonenumber-js";

/**
 * Reads a phone number however it is written, and returns it in E.164, such as +16145550107; null if it is none. A number
 * without a country is one of `homeCountry` (ISO 3166-1, such as US).
 */
export function readPhoneNumber(written: string, homeCountry: string): string | null {
  const number = parsePhoneNumberFromString(written, {
    defaultCountry: homeCountry as CountryCode,
    extract: false,
  });
  return number?.isPossible() === true ? number.number : null;
}
