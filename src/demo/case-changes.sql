-- A dozen changes, as a core system would insert them, each in the transaction that changes its own case.

insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('an immediate email', 'CS-1', 'bankruptcy', 'BO-ANA', '{LN-ANA}', 'initiated', null, '{"chapter": 7}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('an immediate text', 'CS-2', 'identityTheft', 'BO-BEN', '{LN-BEN}', 'initiated', null, '{}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('a condition that does not hold', 'CS-1', 'bankruptcy', 'BO-ANA', '{LN-ANA}', 'processing', null, '{"chapter": 7, "dispositionCode": "open"}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('a condition that holds', 'CS-3', 'bankruptcy', 'BO-CAM', '{LN-CAM}', 'processing', null, '{"chapter": 13, "dispositionCode": "dismissed"}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('one now, one in five business days', 'CS-4', 'disputeOfDebt', 'BO-CAM', '{LN-CAM}', 'initiated', null, '{}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('no eligible contact', 'CS-5', 'hardship', 'BO-DEE', '{LN-DEE}', 'completed', 'approved',
    '{"reliefStartDate": "2031-04-01", "reliefEndDate": "2031-09-30"}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('a refused recipient', 'CS-6', 'ceaseCommunication', 'BO-ELI', '{LN-ELI}', 'initiated', null, '{}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('a number that opted out', 'CS-7', 'identityTheft', 'BO-ELI', '{LN-ELI}', 'initiated', null, '{}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('refused for now, then accepted', 'CS-8', 'hardship', 'BO-FAY', '{LN-FAY}', 'completed', 'approved',
    '{"reliefStartDate": "2031-04-01", "reliefEndDate": "2031-09-30"}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('fields alone fire nothing', 'CS-2', 'identityTheft', 'BO-BEN', '{LN-BEN}', 'initiated', null, '{"policeReport": "received"}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields) values
  ('a status with its outcome', 'CS-2', 'identityTheft', 'BO-BEN', '{LN-BEN}', 'completed', 'approved', '{"policeReport": "received"}');
insert into tidings.case_changes (external_id, case_id, case_type_id, borrower_id, loan_ids, status, outcome, fields, fires) values
  ('boarded, so nothing is sent', 'CS-9', 'bankruptcy', 'BO-ANA', '{LN-ANA}', 'initiated', null, '{"chapter": 7}', false);
