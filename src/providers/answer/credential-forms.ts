/**
 * The forms in which a server may repeat our login: as it is, encoded for a URL, and in base64 as AUTH PLAIN, AUTH
 * LOGIN and HTTP Basic send it. The padding is left out, because a server may leave it out too.
 */
export function credentialForms(user: string, password: string): readonly string[] {
  const encoded = [
    user,
    password,
    `\0${user}\0${password}`,
    `${user}\0${user}\0${password}`,
    `${user}:${password}`,
  ].flatMap((text) => [toBase64(text, "base64"), toBase64(text, "base64url")]);
  return [user, password, encodeURIComponent(user), encodeURIComponent(password), ...encoded];
}

const toBase64 = (text: string, encoding: "base64" | "base64url"): string =>
  Buffer.from(text).toString(encoding).replace(/=+$/u, "");
