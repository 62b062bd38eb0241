-- One change of a case that was not known before
insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields)
values ('CS-' || gen_random_uuid(), 'hardship', 'BO-ANA', '{LN-ANA}', 'completed', 'approved',
  '{"reliefStartDate": "2031-04-01", "reliefEndDate": "2031-09-30"}');
