/** A script that verifies a pack with the programs of coreutils and openssl. docs/evidence.md has the same steps. */
export const VERIFY_SCRIPT = `#!/bin/sh
# Verifies this pack without Tidings: with sha256sum, basenc and openssl. Run it in the folder of the pack.
# Compare the root and the key with those that you got another way: from the logs of the lender, or from an earlier pack.
set -eu
sha256sum --quiet -c SHA256SUMS
root=$(sed -n 2p head.txt)
hash_of() { sha256sum | cut -c1-64; }
bytes_of() { printf %s "$1" | tr a-f A-F | basenc --base16 -d; }

# the root to which the steps on standard input lead from a row
root_from() {
  hash=$( (printf '\\000'; cat "$1") | hash_of)
  while read -r side other; do
    if [ "$side" = left ]; then pair=$other$hash; else pair=$hash$other; fi
    hash=$( (printf '\\001'; bytes_of "$pair") | hash_of)
  done
  echo "$hash"
}

find rows -name '*.json' | sort | while read -r row; do
  name=\${row#rows/}
  name=\${name%.json}
  if [ "$(root_from "$row" < "proofs/$name.txt")" != "$root" ]; then
    echo "$row is not in the tree of this head" >&2
    exit 1
  fi
  if [ -f "bounds/$name.txt" ]; then
    size=$(head -n 1 "bounds/$name.txt")
    if [ "$(tail -n +2 "bounds/$name.txt" | root_from "$row")" != "$(sed -n 2p "heads/$size.txt")" ]; then
      echo "$row is not in the tree of head $size" >&2
      exit 1
    fi
  fi
done

if [ -f head.sig ]; then
  openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in head.txt -sigfile head.sig
  for head in heads/*.txt; do
    [ -f "$head" ] || continue
    openssl pkeyutl -verify -pubin -inkey public-key.pem -rawin -in "$head" -sigfile "\${head%.txt}.sig" > /dev/null
  done
  echo "key: $(openssl pkey -pubin -in public-key.pem -outform DER | hash_of | cut -c1-16)"
fi
echo "root: $root"
`;

/** The introduction for a reader of a pack. */
export const README = `This folder is an evidence pack of Tidings. Open index.html to read it.

  index.html       the story: cause, date, address, every attempt, receipts, versions and policy
  rows/            the rows of the record, each exactly as it was hashed
  redacted/        what is shown of rows with sensitive content; only the hash of such a row is proved
  states/          the states of attempts that had not ended, and logged content that was changed later: not proved
  messages/        the bytes that were sent
  contents/        sensitive content that was opened for this pack: 32 random bytes and JSON
  templates/       the texts of the templates, as the JSON whose SHA-256 is their content hash
  proofs/          the path from each row to the root of the record tree (RFC 6962)
  heads/, bounds/  earlier signed heads, and the path from each row to the first that has it: when it was committed at the latest
  head.txt         size, root and time of the head of the tree
  head.sig         its signature (Ed25519), by the key in public-key.pem
  pack.json        the list of rows and attempts
  SHA256SUMS       the hash of every file

Verify it:

  sh verify.sh                                   with sha256sum, basenc and openssl alone
  tidings evidence --verify PATH --key KEY.pem   more thoroughly, without a database and without a network

The root in head.txt is also in the logs of the lender (recordTree.headMade). A signature proves something only if you
got the public key another way than with this pack.
`;
