-- Data of the REST resources: API keys, answers to repeated requests, and a secret for signing URLs.

-- A key is 256 random bits, so a plain SHA-256 of it is as safe as a slow hash and costs a request nothing.
create table tidings.api_keys (
  id bigint primary key generated always as identity,
  name text not null
    -- records name a key as key:NAME and key:ID, so a name is not a number and has no character that could forge a
    -- record
    constraint api_keys_name_is_plain check (name ~ '^(?!\d+$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'
      or tidings.refuse('api_keys_name_is_plain', 'the name of the key is a number, too long or has other characters',
        'use letters, digits, ".", "_" and "-", at most 64, and not digits alone')),
  prefix text not null
    constraint api_keys_prefix_is_unique unique
    constraint api_keys_prefix_has_at_most_200_characters check (char_length(prefix) <= 200
      or tidings.refuse('api_keys_prefix_has_at_most_200_characters', 'prefix has more than 200 characters', 'make the key with `tidings keys create`')),
  hash bytea not null
    constraint api_keys_hash_is_a_sha256 check (octet_length(hash) = 32
      or tidings.refuse('api_keys_hash_is_a_sha256', 'hash is not a SHA-256', 'make the key with `tidings keys create`')),
  scopes text[] not null
    constraint api_keys_scopes_are_known check (scopes <@ array[
      'notificationType:read', 'notificationType:write', 'interaction:read', 'interaction:write',
      'interaction:send', 'interaction:amend', 'interaction:read.sensitive']
      or tidings.refuse('api_keys_scopes_are_known', 'a scope is not known',
        'use notificationType:read, notificationType:write, interaction:read, interaction:write, interaction:send, interaction:amend or interaction:read.sensitive')),
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null default tidings.moved_by(),
  -- null: it does not expire
  expires_at timestamptz,
  -- to the hour
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  constraint api_keys_are_revoked_by_somebody check ((revoked_at is null) = (revoked_by is null)
    or tidings.refuse('api_keys_are_revoked_by_somebody', 'revoked_at and revoked_by do not go together', 'set both'))
);
create unique index api_keys_have_one_name on tidings.api_keys (name) where revoked_at is null;

-- The id that a POST with an Idempotency-Key created, never its body, which may be sensitive
create table tidings.idempotency_keys (
  caller text not null,
  key text not null
    constraint idempotency_keys_key_is_short check (char_length(key) between 1 and 255
      or tidings.refuse('idempotency_keys_key_is_short', format('the key has %s characters', char_length(key)), 'use 1 to 255 characters')),
  request_hash bytea not null,
  resource_id text not null,
  created_at timestamptz not null default clock_timestamp(),
  primary key (caller, key)
);
create index idempotency_keys_by_age on tidings.idempotency_keys (created_at);

-- Random bytes that all daemons of an installation share
create table tidings.secrets (
  name text primary key,
  value bytea not null
    constraint secrets_value_is_256_bits check (octet_length(value) = 32
      or tidings.refuse('secrets_value_is_256_bits', format('the secret has %s bytes', octet_length(value)), 'use 32 random bytes')),
  created_at timestamptz not null default clock_timestamp()
);
