-- The lender's data in the schema: its borrowers, its notification types, and their triggers and delays.

insert into tidings.case_types (id, name) values
  ('bankruptcy', 'Bankruptcy'),
  ('identityTheft', 'Identity theft'),
  ('disputeOfDebt', 'Dispute of debt'),
  ('ceaseCommunication', 'Cease communication'),
  ('hardship', 'Hardship');

insert into tidings.borrowers (id, name, language, time_zone) values
  ('BO-ANA', '{"firstName": "Ana", "lastName": "Example"}', 'en', 'America/New_York'),
  ('BO-BEN', '{"firstName": "Ben", "lastName": "Example"}', 'en', 'America/Chicago'),
  ('BO-CAM', '{"firstName": "Cam", "lastName": "Example"}', 'en', 'America/Denver'),
  ('BO-DEE', '{"firstName": "Dee", "lastName": "Example"}', 'en', 'America/Los_Angeles'),
  ('BO-ELI', '{"firstName": "Eli", "lastName": "Example"}', 'en', 'America/New_York'),
  ('BO-FAY', '{"firstName": "Fay", "lastName": "Example"}', 'en', 'America/Phoenix');

insert into tidings.loans (id, borrower_id, display_id) values
  ('LN-ANA', 'BO-ANA', '1001'), ('LN-BEN', 'BO-BEN', '1002'), ('LN-CAM', 'BO-CAM', '1003'),
  ('LN-DEE', 'BO-DEE', '1004'), ('LN-ELI', 'BO-ELI', '1005'), ('LN-FAY', 'BO-FAY', '1006');

-- in the sandbox these addresses and numbers follow scripts, such as a delivery, or an answer with STOP: see docs/sandbox.md
insert into tidings.contacts (id, borrower_id, contact_type, label, status, value, receive_text_messages) values
  ('CT-ANA-EMAIL', 'BO-ANA', 'email', 'personal', 'primary', 'ana+delivered@example.com', false),
  ('CT-BEN-EMAIL', 'BO-BEN', 'email', 'personal', 'secondary', 'ben+delivered@example.com', false),
  ('CT-BEN-PHONE', 'BO-BEN', 'phone', 'personal', 'primary', '+15005550120', true),
  ('CT-CAM-EMAIL', 'BO-CAM', 'email', 'personal', 'primary', 'cam+delivered@example.com', false),
  -- Dee's only phone takes no text messages, and she has no email
  ('CT-DEE-PHONE', 'BO-DEE', 'phone', 'personal', 'primary', '+16145550102', false),
  ('CT-ELI-EMAIL', 'BO-ELI', 'email', 'personal', 'primary', 'no-such-mailbox@example.com', false),
  ('CT-ELI-PHONE', 'BO-ELI', 'phone', 'personal', 'primary', '+15005550004', true),
  ('CT-FAY-EMAIL', 'BO-FAY', 'email', 'personal', 'primary', 'greylisted-once@example.com', false);

-- The templates were published before, from folders of templates/; a type names one by its id. Ids of types come from the
-- database: an id that is given once may be given out again by the sequence, and then the new row is a version of that type.
with types (place, name, on_status, on_outcome, on_condition, template, delay, unit) as (values
  (1, 'Bankruptcy filed', 'initiated', null, null, 'bankruptcy-filed.email.en', null, null),
  (2, 'Bankruptcy dismissed', 'processing', null,
    '[{"fieldName": "dispositionCode", "operator": "eq", "value": "dismissed", "dataType": "string"}]', 'bankruptcy-dismissed.email.en', null, null),
  (3, 'Report received', 'initiated', null, null, 'identity-theft-received.text.en', null, null),
  (4, 'Report decided', 'completed', 'approved', null, 'identity-theft-approved.email.en', null, null),
  (5, 'Dispute received', 'initiated', null, null, 'dispute-received.email.en', null, null),
  (6, 'Dispute reminder', 'initiated', null, null, 'dispute-received.email.en', 5, 'businessDays'),
  (7, 'Request acknowledged', 'initiated', null, null, 'cease-communication-acknowledged.email.en', null, null),
  (8, 'Hardship approved', 'completed', 'approved', null, 'hardship-approved.email.en', null, null)
)
insert into tidings.notification_types (name, on_status, on_outcome, on_condition, channel, theme, template_id, delay, unit)
select n.name, n.on_status, n.on_outcome, n.on_condition::jsonb, t.channel, t.theme, t.id, n.delay, n.unit
from types n
join tidings.templates t on t.slug = n.template and t.status = 'active'
order by n.place;
update tidings.notification_types set status = 'active';

insert into tidings.case_type_notification_types (case_type_id, notification_type_id)
select l.case_type, t.id
from (values
  ('Bankruptcy filed', 'bankruptcy'), ('Bankruptcy dismissed', 'bankruptcy'),
  ('Report received', 'identityTheft'), ('Report decided', 'identityTheft'),
  ('Dispute received', 'disputeOfDebt'), ('Dispute reminder', 'disputeOfDebt'),
  ('Request acknowledged', 'ceaseCommunication'), ('Hardship approved', 'hardship')
) as l (name, case_type)
join tidings.notification_types t on t.name = l.name;

-- The demo runs at any hour, so it turns off the rules for the hours of contact. A lender leaves them on.
insert into tidings.guard_policy_changes (change, rule_id, reason) values
  ('off', 'time.window', 'the demo runs at any hour'),
  ('off', 'time.state', 'the demo runs at any hour');
