const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/u;

/**
 * True if a host of a URL is this machine. Customer information and credentials may cross external networks only
 * encrypted (16 CFR 314.4(c)(3)), so every other connection needs TLS.
 */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host.toLowerCase());
