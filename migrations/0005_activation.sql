-- What is active can be sent: a notification type that could not be is refused when it is activated, whoever activates
-- it, by a constraint that names the field. The daemon reads conditions by the same rules as stand here; a test compares.

create function tidings.value_fits(value jsonb, data_type text) returns boolean
language plpgsql stable as $$
declare
  kind text := jsonb_typeof(value);
  -- a number as the daemon reads it: 7.0 is 7
  word text := case kind when 'number' then trim_scale(value::numeric)::text else value #>> '{}' end;
begin
  return coalesce(case data_type
    when 'string' then kind = 'string'
    when 'boolean' then kind = 'boolean'
    when 'integer' then kind in ('string', 'number') and tidings.is_decimal(word) and tidings.is_integer(word)
    when 'decimal' then kind in ('string', 'number') and tidings.is_decimal(word)
    when 'date' then kind = 'string' and word ~ '^\d{4}-\d\d-\d\d$' and extract(year from word::date) is not null
    when 'dateTime' then kind = 'string' and word ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$'
      and extract(year from left(word, 10)::date) is not null and extract(epoch from word::timestamptz) is not null
      and word !~ 'T(24|\d\d:\d\d:60)'
  end, false);
exception when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
  return false;
end $$;

create function tidings.is_decimal(word text) returns boolean
language sql immutable as $$ select word ~* '^-?\d{1,100}(\.\d{1,100})?(e[+-]?\d{1,3})?$' $$;

-- As many places after the point as the exponent moves it
create function tidings.is_integer(word text) returns boolean
language sql immutable as $$
  select char_length(coalesce(substring(word from '\.(\d+)'), '')) <= coalesce(substring(lower(word) from 'e([+-]?\d+)$')::int, 0)
$$;

-- What keeps a condition from being published, as a sentence; null when nothing does
create function tidings.condition_fault(condition jsonb) returns text
language plpgsql stable as $$
declare
  field text := condition->>'fieldName';
  operator text := coalesce(condition->>'operator', 'eq');
  sample jsonb := case jsonb_typeof(condition->'value') when 'array' then condition->'value'->0 else condition->'value' end;
  data_type text := coalesce(condition->>'dataType',
    case jsonb_typeof(sample) when 'number' then 'decimal' when 'boolean' then 'boolean' else 'string' end);
  fits boolean;
begin
  if jsonb_typeof(condition) <> 'object' then
    return 'a condition is no object';
  end if;
  if coalesce(jsonb_typeof(condition->'fieldName'), '') <> 'string' or field = '' then
    return 'a condition names no fieldName';
  end if;
  if jsonb_typeof(condition->'operator') not in ('string', 'null')
    or operator not in ('eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'in', 'notIn', 'exists', 'notExists', 'contains') then
    return format('the condition on %s has an unknown operator', field);
  end if;
  if jsonb_typeof(condition->'dataType') not in ('string', 'null')
    or data_type not in ('string', 'integer', 'decimal', 'boolean', 'date', 'dateTime') then
    return format('the condition on %s has an unknown dataType', field);
  end if;
  if operator in ('gt', 'gte', 'lt', 'lte') and data_type in ('string', 'boolean') then
    return format('the condition on %s asks with the operator %s for an order that the dataType %s does not have', field, operator, data_type);
  end if;
  if operator in ('exists', 'notExists') then
    return null;
  end if;
  if operator in ('in', 'notIn') then
    fits := jsonb_typeof(condition->'value') = 'array' and jsonb_array_length(condition->'value') > 0
      and (select bool_and(tidings.value_fits(v.value, data_type)) from jsonb_array_elements(condition->'value') v);
  else
    fits := tidings.value_fits(condition->'value', data_type);
  end if;
  return case when coalesce(fits, false) then null
    else format('the condition on %s has a value that does not fit the dataType %s', field, data_type) end;
end $$;

create function tidings.guard_activation() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  template tidings.templates;
  carried_by text;
  fault text;
begin
  if new.delay is not null and new.unit is null then
    perform tidings.refuse('notification_types_active_delay_has_a_unit', 'delay is given without unit', 'set unit to calendarDays or businessDays');
  end if;
  if new.unit is not null and new.delay is null then
    perform tidings.refuse('notification_types_active_unit_has_a_delay', 'unit is given without delay', 'set delay to a number of days, or clear unit');
  end if;
  if new.delay < 0 then
    perform tidings.refuse('notification_types_active_delay_is_not_negative', format('delay is %s', new.delay), 'set delay to 0 or more days');
  end if;
  if new.calendar not in ('office', 'regF', 'regZPrecise', 'fedBank') and not exists (select from tidings.calendars c where c.name = new.calendar) then
    perform tidings.refuse('notification_types_active_calendar_is_known', format('calendar %s is not known', new.calendar),
      'use office, regF, regZPrecise, fedBank or a row of tidings.calendars');
  end if;
  if new.template_id is null then
    perform tidings.refuse('notification_types_active_names_a_template', 'template_id is missing', 'set template_id');
  end if;
  select * into template from tidings.templates t where t.id = new.template_id and t.status = 'active';
  if template.id is null then
    perform tidings.refuse('notification_types_active_template_is_active', format('template_id %s has no active version', new.template_id), 'publish the template first');
  end if;
  if new.channel <> template.channel then
    perform tidings.refuse('notification_types_active_template_has_its_channel',
      format('channel is %s, but template %s is for %s', new.channel, template.id, template.channel), 'choose another template_id or channel');
  end if;
  select c.provider into carried_by from tidings.channels c where c.channel = template.channel;
  if carried_by is null then
    perform tidings.refuse('notification_types_active_channel_is_carried', format('channel %s has no provider in this installation', template.channel),
      'configure a provider for the channel, or choose another');
  end if;
  if template.channel = 'email' and (template.subject_template is null or coalesce(template.text_template, template.html_template) is null)
    or template.channel in ('text', 'voice') and template.text_template is null
    or template.channel in ('gui', 'document', 'mail') and template.html_template is null then
    perform tidings.refuse('notification_types_active_template_is_complete', format('template_id %s lacks a part that %s needs', template.id, template.channel),
      'an email needs a subject and a text or html; text and voice a text; gui, document and mail an html');
  end if;
  if jsonb_typeof(new.on_condition) = 'array' then
    select tidings.condition_fault(c.value) into fault
    from jsonb_array_elements(new.on_condition) c
    where tidings.condition_fault(c.value) is not null limit 1;
  end if;
  if fault is not null then
    perform tidings.refuse('notification_types_active_conditions_can_be_judged', 'on_condition: ' || fault, 'correct the condition');
  end if;
  return new;
end $$;

-- Fires before guard_versions (triggers go by their names): a refusal leaves the version that is active as it is
create trigger guard_activation before insert on tidings.notification_types
for each row when (new.status = 'active') execute function tidings.guard_activation();
create trigger guard_activation_of_draft before update on tidings.notification_types
for each row when (new.status = 'active' and old.status = 'draft') execute function tidings.guard_activation();
