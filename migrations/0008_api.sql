-- What the REST resources store for themselves: API keys, answers to repeated requests, and a secret to sign URLs with.

-- A key is 256 random bits, so a plain SHA-256 of it is as safe as a slow hash and costs a request nothing.
create table tidings.api_keys (
  id bigint primary key generated always as identity,
  name text not null
    -- records name a key as key:NAME and key:ID, so a name is no number, and has no character that a record could be forged with
    constraint api_keys_name_is_plain check (name ~ '^(?!\d+$)[A-Za-z0-9][A-Za-z0-9._-]{0,63}$'),
  prefix text not null constraint api_keys_prefix_is_unique unique,
  hash bytea not null
    constraint api_keys_hash_is_a_sha256 check (octet_length(hash) = 32),
  scopes text[] not null
    constraint api_keys_scopes_are_known check (scopes <@ array[
      'notificationType:read', 'notificationType:write', 'interaction:read', 'interaction:write',
      'interaction:send', 'interaction:read.sensitive']),
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null default tidings.moved_by(),
  -- null: it does not expire
  expires_at timestamptz,
  -- to the hour
  last_used_at timestamptz,
  revoked_at timestamptz,
  revoked_by text,
  constraint api_keys_are_revoked_by_somebody check ((revoked_at is null) = (revoked_by is null))
);
create unique index api_keys_have_one_name on tidings.api_keys (name) where revoked_at is null;

-- What a POST with an Idempotency-Key made: its id, never its body, which may be sensitive
create table tidings.idempotency_keys (
  caller text not null,
  key text not null
    constraint idempotency_keys_key_is_short check (char_length(key) between 1 and 255),
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
    constraint secrets_value_is_256_bits check (octet_length(value) = 32),
  created_at timestamptz not null default clock_timestamp()
);
