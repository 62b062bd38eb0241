-- The audits that daemons make by themselves: one row a day, whatever the number of daemons.
create table tidings.audits (
  -- the day on which it began, in the lender's time zone
  day date primary key,
  -- the changes that arrived in this period were audited
  from_time timestamptz not null,
  until_time timestamptz not null,
  begun_at timestamptz not null default clock_timestamp(),
  -- another daemon begins again if this is old
  active_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  changes int not null default 0,
  expected int not null default 0,
  waiting int not null default 0,
  gaps int not null default 0
);

create trigger keep_history before delete or truncate on tidings.audits
for each statement execute function tidings.keep_history();
create trigger only_tidings_writes before insert or update or delete on tidings.audits
for each statement execute function tidings.only_tidings_writes('send');
