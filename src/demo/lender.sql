-- What a lender's core system keeps in the schema: who its borrowers are, what it may send them, and when.

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

insert into tidings.contacts (id, borrower_id, contact_type, label, status, value, receive_text_messages) values
  ('CT-ANA-EMAIL', 'BO-ANA', 'email', 'personal', 'primary', 'ana@example.com', false),
  ('CT-BEN-EMAIL', 'BO-BEN', 'email', 'personal', 'secondary', 'ben@example.com', false),
  ('CT-BEN-PHONE', 'BO-BEN', 'phone', 'personal', 'primary', '+16145550101', true),
  ('CT-CAM-EMAIL', 'BO-CAM', 'email', 'personal', 'primary', 'cam@example.com', false),
  -- Dee's only phone takes no text messages, and she has no email
  ('CT-DEE-PHONE', 'BO-DEE', 'phone', 'personal', 'primary', '+16145550102', false),
  -- in the sandbox these two addresses and this number play a part: see the README
  ('CT-ELI-EMAIL', 'BO-ELI', 'email', 'personal', 'primary', 'no-such-mailbox@example.com', false),
  ('CT-ELI-PHONE', 'BO-ELI', 'phone', 'personal', 'primary', '+15005550004', true),
  ('CT-FAY-EMAIL', 'BO-FAY', 'email', 'personal', 'primary', 'greylisted-once@example.com', false);

insert into tidings.templates (id, version, name, channel, subject_template, html_template, text_template) values
  (1, 1, 'Bankruptcy filed', 'email', 'We have been told of your bankruptcy filing',
    '<p>Dear {{borrower.name.firstName}},</p><p>We have been told that you filed for bankruptcy. Please send us the notice of filing, so that we can note it on loan {{loan.displayId}}.</p><p>{{lender.name}}, {{lender.postalAddress}}</p>',
    'Dear {{borrower.name.firstName}},' || chr(10) || 'We have been told that you filed for bankruptcy. Please send us the notice of filing, so that we can note it on loan {{loan.displayId}}.' || chr(10) || '{{lender.name}}, {{lender.postalAddress}}'),
  (2, 1, 'Bankruptcy dismissed', 'email', 'Your bankruptcy case was dismissed',
    '<p>Dear {{borrower.name.firstName}},</p><p>The court told us that your chapter {{case.fields.chapter}} case was dismissed.</p><p>{{lender.name}}, {{lender.postalAddress}}</p>',
    'Dear {{borrower.name.firstName}},' || chr(10) || 'The court told us that your chapter {{case.fields.chapter}} case was dismissed.' || chr(10) || '{{lender.name}}, {{lender.postalAddress}}'),
  (3, 1, 'Report received', 'text', null, null, '{{lender.name}}: we received your report and will write to you. Reply STOP to end texts.'),
  (4, 1, 'Report decided', 'email', 'What we decided on your report',
    '<p>Dear {{borrower.name.firstName}},</p><p>We have finished looking into your report. Our decision: {{case.outcome}}.</p><p>{{lender.name}}, {{lender.postalAddress}}</p>',
    'Dear {{borrower.name.firstName}},' || chr(10) || 'We have finished looking into your report. Our decision: {{case.outcome}}.' || chr(10) || '{{lender.name}}, {{lender.postalAddress}}'),
  (5, 1, 'Dispute received', 'email', 'We received your dispute',
    '<p>Dear {{borrower.name.firstName}},</p><p>We received your dispute of loan {{loan.displayId}} and are looking into it.</p><p>{{lender.name}}, {{lender.postalAddress}}</p>',
    'Dear {{borrower.name.firstName}},' || chr(10) || 'We received your dispute of loan {{loan.displayId}} and are looking into it.' || chr(10) || '{{lender.name}}, {{lender.postalAddress}}'),
  (6, 1, 'Request acknowledged', 'email', 'We received your request',
    '<p>Dear {{borrower.name.firstName}},</p><p>We received your request and have acted on it.</p><p>{{lender.name}}, {{lender.postalAddress}}</p>',
    'Dear {{borrower.name.firstName}},' || chr(10) || 'We received your request and have acted on it.' || chr(10) || '{{lender.name}}, {{lender.postalAddress}}');
update tidings.templates set status = 'active';

insert into tidings.notification_types
  (id, version, name, on_status, on_outcome, on_condition, channel, theme, template_id, delay, unit) values
  (1, 1, 'Bankruptcy filed', 'initiated', null, null, 'email', 'opsServicing', 1, null, null),
  (2, 1, 'Bankruptcy dismissed', 'processing', null,
    '[{"fieldName": "dispositionCode", "operator": "eq", "value": "dismissed", "dataType": "string"}]', 'email', 'opsServicing', 2, null, null),
  (3, 1, 'Report received', 'initiated', null, null, 'text', 'opsServicing', 3, null, null),
  (4, 1, 'Report decided', 'completed', 'approved', null, 'email', 'opsServicing', 4, null, null),
  (5, 1, 'Dispute received', 'initiated', null, null, 'email', 'opsServicing', 5, null, null),
  (6, 1, 'Dispute reminder', 'initiated', null, null, 'email', 'opsServicing', 5, 5, 'businessDays'),
  (7, 1, 'Request acknowledged', 'initiated', null, null, 'email', 'opsServicing', 6, null, null);
update tidings.notification_types set status = 'active';

insert into tidings.case_type_notification_types (case_type_id, notification_type_id) values
  ('bankruptcy', 1), ('bankruptcy', 2), ('identityTheft', 3), ('identityTheft', 4),
  ('disputeOfDebt', 5), ('disputeOfDebt', 6), ('ceaseCommunication', 7), ('hardship', 7);
