/** Node's names for a certificate that is not trusted, not valid now, revoked, too weak, or another host's. */
const CERTIFICATE =
  /^(?:CERT_|CRL_|UNABLE_TO_(?:GET|VERIFY|DECRYPT|DECODE)_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_C|ERR_TLS_CERT_|INVALID_(?:CA|PURPOSE)$|PATH_LENGTH_EXCEEDED$|HOSTNAME_MISMATCH$|\w+_(?:KEY_TOO_SMALL|MD_TOO_WEAK)$)/u;
const HANDSHAKE = /^(?:ERR_SSL_|EPROTO$)/u;

/** True if a network error means that the server's certificate cannot be accepted. Nothing was sent in this case. */
export const isCertificateFault = (code: string | undefined): boolean =>
  code !== undefined && CERTIFICATE.test(code);

/** True if a network error means that the server does not support TLS, or no version that we accept. */
export const isHandshakeFault = (code: string | undefined): boolean =>
  code !== undefined && HANDSHAKE.test(code);
