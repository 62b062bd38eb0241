-- What templates kept as folders need: the folder's name beside the id, what shapes a version besides its parts, the
-- samples it is checked with, who wrote and who published it; and a record of who has read sealed content.

-- Immutable for texts, which to_jsonb and convert_to cannot know they are given
create function tidings.content_hash(parts text[]) returns text
language sql immutable as $$ select encode(sha256(convert_to(to_jsonb(parts)::text, 'UTF8')), 'hex') $$;

alter table tidings.templates
  add column slug text
    constraint templates_slug_can_name_a_folder
    check (slug ~ '^[A-Za-z][A-Za-z0-9]*([._-][A-Za-z0-9]+)*$' and char_length(slug) <= 100),
  add column theme text
    constraint templates_theme_is_known check (theme in (
      'opsCollDebt', 'opsCollLocateBorrower', 'opsCollVerifyEmployment', 'opsCollContactEmployerNotice',
      'opsLoanTimeBarredNotice', 'opsLoanValidationOfDebtNotice', 'opsServicingDebtValidation',
      'opsServicingNegativeCreditReportNotice', 'opsServicingTimeBarredNotice', 'opsServicingVerificationOfDebt',
      'opsServicing', 'opsAccountCredentials', 'inbMissingFeature', 'inbEducation', 'inbBug', 'inbRequest',
      'inbHumanLove', 'inbUnknown', 'inbOther')),
  -- contexts by the name of their file
  add column samples jsonb not null default '{}'
    constraint templates_samples_are_an_object check (jsonb_typeof(samples) = 'object'),
  -- SHA-256 of all that a template says and is; written by guard_template, since guard_versions runs before generated columns are made
  add column content_hash text not null default '',
  add column created_by text not null default tidings.moved_by(),
  add column updated_at timestamptz,
  add column published_by text;

create function tidings.guard_template() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  other tidings.templates;
begin
  if tg_op = 'INSERT' or (new.id, new.slug, new.channel) is distinct from (old.id, old.slug, old.channel) then
    -- Two writers of one slug or one id take turns
    perform pg_advisory_xact_lock(hashtext('tidings.templates.slug'), 0);
    new.slug := coalesce(new.slug, (select t.slug from tidings.templates t where t.id = new.id and t.slug is not null limit 1));
    select * into other from tidings.templates t
    where (t.id = new.id) <> (t.slug = new.slug) and t.slug is not null and new.slug is not null limit 1;
    if other.id is not null then
      perform tidings.refuse('templates_slug_is_of_one_template',
        format('%s is template %s, and template %s is another', other.slug, other.id, new.id), 'give each template its own slug, and all its versions that one');
    end if;
    select * into other from tidings.templates t
    where t.id = new.id and t.version is distinct from new.version and t.channel <> new.channel limit 1;
    if other.id is not null then
      perform tidings.refuse('templates_versions_share_their_channel',
        format('template %s is for %s', other.id, other.channel), 'make another template for another channel');
    end if;
  end if;
  new.content_hash := tidings.content_hash(array[new.name, new.channel, new.language, new.theme, new.subject, new.sensitive::text,
    new.subject_template, new.html_template, new.text_template]);
  if new.status = 'active' then
    new.published_by := coalesce(new.published_by, tidings.moved_by());
  end if;
  return new;
end $$;

-- Content hashes of the versions there are; guard_versions would take them for a change
alter table tidings.templates disable trigger guard_versions;
update tidings.templates t set content_hash = tidings.content_hash(array[t.name, t.channel, t.language, t.theme, t.subject, t.sensitive::text,
  t.subject_template, t.html_template, t.text_template]), created_by = 'unknown';
alter table tidings.templates enable trigger guard_versions;

-- Versions that are active already are left alone
alter table tidings.templates add constraint templates_active_have_the_parts_of_their_channel check (status <> 'active' or case
  when channel = 'email' then subject_template is not null and coalesce(text_template, html_template) is not null
  when channel in ('text', 'chat', 'voice') then text_template is not null
  else html_template is not null end) not valid;

-- Fires before guard_versions (triggers go by their names), which then sees to it that a published version keeps all of this
create trigger guard_template before insert or update on tidings.templates
for each row execute function tidings.guard_template();

-- Who has read sensitive content in the clear; committed before it is shown
create table tidings.content_reveals (
  id bigint primary key generated always as identity,
  interaction_id bigint not null
    constraint content_reveals_interaction_is_known references tidings.interactions,
  revealed_at timestamptz not null default clock_timestamp(),
  revealed_by text not null
    constraint content_reveals_say_by_whom check (revealed_by <> ''),
  way text not null
    constraint content_reveals_way_is_known check (way in ('command', 'rest'))
);
create index content_reveals_by_interaction on tidings.content_reveals (interaction_id, id);
create trigger keep_history before update or delete or truncate on tidings.content_reveals
for each statement execute function tidings.keep_history();
