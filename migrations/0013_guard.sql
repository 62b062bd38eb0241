-- The lender's changes to the policy of the guard. The built-in rules and parameters are in src/decide/guard; this table has
-- what a lender changed, when, why, by whom, and what it was before. docs/policy.md has examples.

-- The right to change the policy: operators and the owner, neither core systems nor daemons. It is never called.
create function tidings.right_to_set_policy() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$ begin end $$;
create function tidings.may_set_policy(role_name name) returns boolean
language sql stable return has_function_privilege(role_name, 'tidings.right_to_set_policy()'::regprocedure, 'execute');

create domain tidings.guard_rule_id as text
  constraint guard_rule_id_is_known check (value is null or value in (
    'contact.invalid', 'contact.disconnected', 'contact.reassigned', 'party.thirdparty', 'party.leaked', 'email.procedure',
    'text.procedure60', 'email.work', 'place.work', 'place.inconvenient', 'party.attorney', 'party.deceased',
    'locate.content', 'locate.once', 'bk.stay', 'bk.discharge', 'bk.codebtor', 'cease.written', 'dispute.open',
    'origcred.open', 'idtheft.block', 'debt.settled', 'timebarred.threat', 'scra.content', 'furnish.first',
    'negreport.timing', 'time.window', 'time.consumer', 'time.respondonce', 'time.state', 'freq.7in7', 'freq.conversation7',
    'freq.consentexcl', 'freq.exclusions', 'freq.debtallocation', 'freq.burst', 'freq.cumulative', 'freq.prerecorded30',
    'freq.state', 'tcpa.consent', 'optout.revoked', 'optout.confirm', 'optout.address', 'medium.refused', 'pref.product',
    'esign.required', 'esign.excluded', 'mkt.email', 'mkt.phone', 'sms.thirdpartydebt', 'content.optoutnotice',
    'content.minimiranda', 'content.validation', 'content.validationdates', 'content.overshadow', 'voice.voicemail',
    'mail.envelope', 'content.subjectline', 'content.canspam', 'email.headers', 'sms.content', 'delivery.undelivered',
    'record.retention', 'cg.stale', 'state.scope')
    or tidings.refuse('guard_rule_id_is_known',
      format('there is no rule%s', case when value ~ '^[A-Za-z0-9.]{1,40}$' then format(' "%s"', value) end),
      'use the id of a rule, such as time.window; `tidings rules` lists them'));

create domain tidings.guard_change as text
  constraint guard_change_is_known check (value in ('off', 'on', 'stricter', 'set', 'reset')
    or tidings.refuse_word('guard_change', value));

-- The kinds of provisions that an entry can be
create domain tidings.guard_provision as text
  constraint guard_provision_is_known check (value in (
    'window', 'cap', 'silence', 'electronicNeedsNotice', 'electronicNeedsConsent', 'spouse', 'disputeAnyTime', 'disclosure',
    'consentNotWorkAddress', 'employerNeedsPermission', 'regF', 'writtenConsent', 'revokeAllFrom', 'withinMinutes', 'withinDays',
    'atLeastDays', 'characters', 'validationPeriod', 'years', 'notJudged')
    or tidings.refuse_word('guard_provision', value));

create domain tidings.guard_certainty as text
  constraint guard_certainty_is_known check (value in ('primary', 'secondary', 'policy', 'unverified')
    or tidings.refuse_word('guard_certainty', value));

-- The decision of a rule that is made stricter
create domain tidings.guard_stricter as text
  constraint guard_stricter_is_known check (value in ('hold', 'refuse')
    or tidings.refuse_word('guard_stricter', value));

-- True if the value of an entry has only members of its kind, of the right type. The members that it leaves out are those of
-- the entry that is built in, so only a daemon sees whether the whole is complete.
create function tidings.is_guard_value(rule text, value jsonb) returns boolean
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  known constant text[] := case rule
    when 'window' then '{from,to,channels}'
    when 'cap' then '{max,days,hours,channels,per,place,only,notCounted,leavesOutCallBack}'
    when 'silence' then '{days,channels,per,unlessRequested}'
    when 'electronicNeedsNotice' then '{channels}'
    when 'electronicNeedsConsent' then '{channels,requestDays}'
    when 'spouse' then '{outcome}'
    when 'revokeAllFrom' then '{day}'
    when 'withinMinutes' then '{minutes}'
    when 'withinDays' then '{days}'
    when 'atLeastDays' then '{days}'
    when 'characters' then '{max}'
    when 'validationPeriod' then '{receiptDays,days}'
    when 'years' then '{years}'
    else '{}' end;
  member record;
begin
  if (jsonb_typeof(value) = 'object') is not true or rule is null or rule = 'notJudged' then
    return true;
  end if;
  for member in select m.key, m.value from jsonb_each(value) m loop
    if not member.key = any (known) then
      return tidings.refuse('guard_policy_changes_value_has_members_of_its_kind',
        format('value has a member that an entry of the kind %s does not have', rule),
        case when known = '{}' then 'set value to {}' else 'use ' || array_to_string(known, ', ') end);
    end if;
    if member.key in ('max', 'days', 'hours', 'requestDays', 'minutes', 'receiptDays', 'years')
      and not (jsonb_typeof(member.value) = 'number' and member.value::text ~ '^[0-9]{1,6}$'
        and (member.value <> '0' or rule = 'cap' and member.key = 'max')) then
      return tidings.refuse('guard_policy_changes_value_counts_in_whole_numbers',
        format('%s of value is no whole number of at least %s', member.key, case when rule = 'cap' and member.key = 'max' then 0 else 1 end),
        format('write it such as {"%s": 3}', member.key));
    end if;
    if rule = 'window' and member.key in ('from', 'to')
      and not (jsonb_typeof(member.value) = 'string' and member.value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$') then
      return tidings.refuse('guard_policy_changes_value_has_times_of_day', format('%s of value is no time of day', member.key),
        'write it such as {"from": "08:00", "to": "20:00"}');
    end if;
    if member.key = 'channels' and not (jsonb_typeof(member.value) = 'array' and member.value <> '[]'
      and member.value <@ '["voice", "email", "fax", "text", "chat", "mail", "gui", "document"]') then
      return tidings.refuse('guard_policy_changes_value_has_known_channels', 'channels of value is no list of channels',
        'write it such as {"channels": ["voice", "text"]}');
    end if;
  end loop;
  if rule = 'window' and value ->> 'from' >= value ->> 'to' then
    return tidings.refuse('guard_policy_changes_window_begins_before_it_ends', 'the window of value ends before it begins',
      'write it such as {"from": "08:00", "to": "20:00"}');
  end if;
  if rule = 'cap' and value ?& '{days,hours}' then
    return tidings.refuse('guard_policy_changes_cap_has_days_or_hours', 'the cap of value has days and hours',
      'set either days (local calendar days) or hours');
  end if;
  return true;
end $$;

-- Append-only. Of each subject, which is a rule or an entry, the newest row is in force from its effective_from.
create table tidings.guard_policy_changes (
  -- the version of the policy that the row made: changes are committed in this order
  version bigint primary key,
  changed_at timestamptz not null,
  changed_by text not null,
  reason text not null
    constraint guard_policy_changes_say_why check (reason ~ '\S' or tidings.refuse('guard_policy_changes_say_why', 'reason is empty',
      'set why the policy changes, and who decided it')),
  -- null: at once
  effective_from timestamptz
    constraint guard_policy_changes_begin_at_a_time check ((isfinite(effective_from)) is not false
      or tidings.refuse('guard_policy_changes_begin_at_a_time', 'effective_from is no time', 'leave effective_from out for now, or set a time')),
  -- off, on: the rule; stricter: the rule decides `outcome` where it would decide something milder but not allow;
  -- set: the entry is added or replaced; reset: the entry is as it is built in, or removed if it is not
  change tidings.guard_change not null,
  rule_id tidings.guard_rule_id not null,
  outcome tidings.guard_stricter,
  -- of an entry: what is left out is as in the built-in entry of this id
  entry_id text,
  jurisdiction text
    constraint guard_policy_changes_jurisdiction_is_a_state check ((jurisdiction ~ '^(US|NYC|[A-Z]{2})$') is not false
      or tidings.refuse('guard_policy_changes_jurisdiction_is_a_state', 'jurisdiction is no state',
        'use the two letters of a state, NYC, or US for all')),
  rule tidings.guard_provision,
  value jsonb
    constraint guard_policy_changes_value_is_an_object check ((jsonb_typeof(value) = 'object') is not false
      or tidings.refuse('guard_policy_changes_value_is_an_object', 'value is no JSON object', 'write it such as {"days": 7}')),
  -- the first and last local day on which the entry is in force; -infinity and infinity: no limit
  from_day date,
  until_day date,
  binds text[]
    constraint guard_policy_changes_binds_are_known
    check ((binds <@ '{creditor,servicerPreDefault,debtCollector,licensedAgency}' and cardinality(binds) > 0) is not false
      or tidings.refuse('guard_policy_changes_binds_are_known', 'binds is no list of roles',
        'use creditor, servicerPreDefault, debtCollector or licensedAgency')),
  applies text[]
    constraint guard_policy_changes_applies_are_known
    check ((applies <@ '{coll,locate,employer,notice,noticeByCollector,serv,security,mkt,inb,coll*}') is not false
      or tidings.refuse('guard_policy_changes_applies_are_known', 'applies is no list of content classes',
        'use coll, locate, employer, notice, noticeByCollector, serv, security, mkt, inb or coll*')),
  -- daysPastDueOver, notProducts, creditorOnceCollecting
  conditions jsonb
    constraint guard_policy_changes_conditions_are_an_object check ((jsonb_typeof(conditions) = 'object') is not false
      or tidings.refuse('guard_policy_changes_conditions_are_an_object', 'conditions is no JSON object',
        'write it such as {"daysPastDueOver": 30}')),
  source text,
  certainty tidings.guard_certainty,
  note text,
  -- the change that was in force for the subject before; {"change": "on"} or {"change": "reset"} if there was none
  was jsonb not null,
  constraint guard_policy_changes_stricter_say_how check ((change = 'stricter') = (outcome is not null)
    or tidings.refuse('guard_policy_changes_stricter_say_how', 'outcome does not fit the change',
      'set outcome to hold or refuse for the change stricter, and leave it out for others')),
  constraint guard_policy_changes_entries_are_named check ((change in ('set', 'reset')) = (entry_id is not null)
    or tidings.refuse('guard_policy_changes_entries_are_named', 'entry_id does not fit the change',
      'set entry_id for the changes set and reset, and leave it out for others')),
  constraint guard_policy_changes_entry_id_is_plain check ((entry_id ~ '^[A-Za-z0-9_.-]{1,100}$') is not false
    or tidings.refuse('guard_policy_changes_entry_id_is_plain', 'entry_id is no plain name',
      'use letters, digits, dots and hyphens, such as NV.calls')),
  constraint guard_policy_changes_only_entries_have_values check (change = 'set'
    or num_nonnulls(jurisdiction, rule, value, from_day, until_day, binds, applies, conditions, source, certainty, note) = 0
    or tidings.refuse('guard_policy_changes_only_entries_have_values', format('the change %s has columns of an entry', change),
      'leave them out, or use the change set')),
  constraint guard_policy_changes_fit_their_kind check (tidings.is_guard_value(rule, value)),
  constraint guard_policy_changes_end_after_they_begin check ((from_day <= until_day) is not false
    or tidings.refuse('guard_policy_changes_end_after_they_begin', 'until_day is before from_day', 'set a later until_day')),
  constraint guard_policy_changes_computing_rules_stay_on
    check (change <> 'off' or rule_id not in ('freq.exclusions', 'freq.debtallocation', 'furnish.first', 'content.validationdates',
      'delivery.undelivered', 'record.retention')
      or tidings.refuse('guard_policy_changes_computing_rules_stay_on', format('%s cannot be switched off', rule_id),
        'other rules are counted or computed by it: change its entries')),
  constraint guard_policy_changes_texts_have_at_most_1000_characters
    check (greatest(length(reason), length(source), length(note), length(value::text), length(conditions::text)) <= 1000
      or tidings.refuse('guard_policy_changes_texts_have_at_most_1000_characters', 'reason, value, conditions, source or note is too long',
        'use at most 1,000 characters'))
);

-- The version of the policy, in one row. A change updates it, so that changes are committed one after another: a daemon that
-- finds the version it knows has missed no change.
create table tidings.guard_policy_version (version bigint not null);
create unique index guard_policy_version_has_one_row on tidings.guard_policy_version ((true));
insert into tidings.guard_policy_version values (0);

-- The subject of a change, and the time from which it is in force
create index guard_policy_changes_by_subject on tidings.guard_policy_changes
  (coalesce(entry_id, rule_id), (entry_id is null), coalesce(effective_from, changed_at), version);

-- The writer chooses neither the version nor when, by whom and what it was before. `security definer`, because only this
-- function writes the version.
create function tidings.guard_policy_change() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  previous tidings.guard_policy_changes;
begin
  perform tidings.check_trigger_table(tg_relid, 'tidings.guard_policy_changes');
  if not tidings.may_set_policy(tidings.session_role()) then
    perform tidings.forbid('guard_policy_changes_are_made_by_operators', format('role %s may not change the policy', tidings.session_role()),
      '`tidings roles` prints what each role is granted');
  end if;
  update tidings.guard_policy_version v set version = v.version + 1 returning v.version into new.version;
  new.changed_at := clock_timestamp();
  new.changed_by := tidings.moved_by();
  if new.effective_from < now() then
    perform tidings.refuse('guard_policy_changes_are_not_backdated', 'effective_from has passed',
      'leave effective_from out for now, or set a time to come');
  end if;
  select c.* into previous
  from tidings.guard_policy_changes c
  where coalesce(c.entry_id, c.rule_id) = coalesce(new.entry_id, new.rule_id) and (c.entry_id is null) = (new.entry_id is null)
    and coalesce(c.effective_from, c.changed_at) <= coalesce(new.effective_from, new.changed_at)
  order by coalesce(c.effective_from, c.changed_at) desc, c.version desc
  limit 1;
  if previous.rule_id <> new.rule_id then
    perform tidings.refuse('guard_policy_changes_entries_keep_their_rule', format('the entry %s belongs to %s', new.entry_id, previous.rule_id),
      format('set rule_id to %s, or use another entry_id', previous.rule_id));
  end if;
  new.was := case when previous.version is null
    then jsonb_build_object('change', case when new.entry_id is null then 'on' else 'reset' end)
    else jsonb_strip_nulls(to_jsonb(previous)) - '{was,changed_at,changed_by,reason,rule_id,entry_id}'::text[] end;
  return new;
end $$;
create trigger guard_policy_change before insert on tidings.guard_policy_changes
for each row execute function tidings.guard_policy_change();
create trigger keep_history before update or delete or truncate on tidings.guard_policy_changes
for each statement execute function tidings.keep_history();

create trigger only_tidings_writes before insert or update or delete on tidings.guard_policy_version
for each statement execute function tidings.only_tidings_writes('send');

-- Refuses a missing value before Postgres does, as 0011 does for other tables.
create trigger require_values before insert on tidings.guard_policy_changes
for each row when (new.reason is null or new.change is null or new.rule_id is null)
execute function tidings.refuse_missing_value();

-- The changes in force at a time: of each subject the newest that has begun.
create function tidings.guard_policy_at(at timestamptz) returns setof tidings.guard_policy_changes
language sql stable begin atomic
  select distinct on (coalesce(c.entry_id, c.rule_id), (c.entry_id is null)) c.*
  from tidings.guard_policy_changes c
  where coalesce(c.effective_from, c.changed_at) <= at
  order by coalesce(c.entry_id, c.rule_id), (c.entry_id is null), coalesce(c.effective_from, c.changed_at) desc, c.version desc;
end;

-- The changes in force now
create view tidings.guard_policy with (security_invoker = true) as
select c.* from tidings.guard_policy_at(clock_timestamp()) c where c.change not in ('on', 'reset');

revoke execute on function
  tidings.right_to_set_policy(),
  tidings.may_set_policy(name),
  tidings.is_guard_value(text, jsonb),
  tidings.guard_policy_change(),
  tidings.guard_policy_at(timestamptz)
from public;
-- in a trigger and in constraints, in the name of the role that writes
grant execute on function tidings.may_set_policy(name), tidings.is_guard_value(text, jsonb) to public;
