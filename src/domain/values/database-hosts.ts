/** A URL's beginning with the credentials, its hosts and the rest. */
const PARTS = /^(postgres(?:ql)?:\/\/(?:[^@/?#]*@)?)([^/?#]*)(.*)$/;

/**
 * Returns a URL for each host of a database's URL, in their order. As in libpq, a URL lists a primary and its standbys as
 * `host-a:5432,host-b:5432`, or in the parameters `host` and `port`. A list of ports has one for each host, or one for all.
 * A URL with one host, or of an unknown form, is returned as it is.
 */
export function hostsOf(url: string): readonly string[] {
  const [, start, authority = "", rest = ""] = PARTS.exec(url) ?? [];
  if (start === undefined) return [url];
  if (authority.includes(",")) return authority.split(",").map((host) => start + host + rest);
  return hostsOfParameters(url);
}

function hostsOfParameters(url: string): readonly string[] {
  const [base = "", query] = url.split("?");
  const parameters = new URLSearchParams(query);
  const hosts = listOf(parameters, "host");
  const ports = listOf(parameters, "port");
  if (hosts.length < 2) return [url];
  return hosts.map((host, n) => {
    parameters.set("host", host);
    const port = ports.length === 1 ? ports[0] : ports[n];
    if (port !== undefined) parameters.set("port", port);
    return `${base}?${parameters.toString()}`;
  });
}

const listOf = (parameters: URLSearchParams, name: string): string[] =>
  (parameters.get(name) ?? "").split(",").filter((one) => one !== "");
