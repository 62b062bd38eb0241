-- One borrower, one notification type and one case change: an email at once. The template dispute-received.email.en is
-- published before.
insert into tidings.case_types (id, name) values ('dispute', 'Dispute of a debt');
insert into tidings.borrowers (id, name) values ('BO-7', '{"firstName": "Ana", "lastName": "Example"}');
insert into tidings.loans (id, borrower_id, display_id) values ('LN-7', 'BO-7', '1007');
insert into tidings.contacts (id, borrower_id, contact_type, value) values ('BO-7-EMAIL', 'BO-7', 'email', 'ana@example.com');

insert into tidings.notification_types (name, on_status, channel, theme, template_id)
select 'Dispute received', 'initiated', channel, theme, id
from tidings.templates where slug = 'dispute-received.email.en' and status = 'active';
update tidings.notification_types set status = 'active' where name = 'Dispute received';
insert into tidings.case_type_notification_types (case_type_id, notification_type_id)
select 'dispute', id from tidings.notification_types where name = 'Dispute received';

insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
values ('CS-1', 'dispute', 'BO-7', '{LN-7}', 'initiated');
