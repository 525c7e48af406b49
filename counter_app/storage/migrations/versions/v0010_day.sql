-- each noun adds its tables here until the version is released
CREATE TABLE deduction_skips (
	account_id INTEGER NOT NULL, 
	batch_on TEXT NOT NULL, 
	why TEXT NOT NULL, 
	arrears_fen INTEGER NOT NULL, 
	balance_fen INTEGER NOT NULL, 
	PRIMARY KEY (account_id)
)
 STRICT;

CREATE TABLE deductions (
	deduction_id TEXT NOT NULL, 
	deduction_no TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	batch_on TEXT NOT NULL, 
	customer_id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	staff_no TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	taken_at TEXT NOT NULL, 
	settled_fen INTEGER NOT NULL, 
	balance_fen INTEGER NOT NULL, 
	PRIMARY KEY (deduction_id), 
	UNIQUE (deduction_no), 
	UNIQUE (entry)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX deductions_by_batch ON deductions (batch_on, account_id);

CREATE INDEX deductions_by_customer ON deductions (customer_id, taken_at);

CREATE TRIGGER IF NOT EXISTS deductions_no_update BEFORE UPDATE ON deductions BEGIN SELECT RAISE(ABORT, 'deductions only grow'); END;

CREATE TRIGGER IF NOT EXISTS deductions_no_delete BEFORE DELETE ON deductions BEGIN SELECT RAISE(ABORT, 'deductions only grow'); END;

CREATE TABLE relief_steps (
	step_id TEXT NOT NULL, 
	entry_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	relief_id TEXT NOT NULL, 
	step TEXT NOT NULL, 
	account_id INTEGER NOT NULL, 
	bill_id INTEGER NOT NULL, 
	bill_no TEXT NOT NULL, 
	way TEXT NOT NULL, 
	amount_fen INTEGER NOT NULL, 
	until TEXT, 
	reason_code TEXT NOT NULL, 
	staff_no TEXT NOT NULL, 
	approvers TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	PRIMARY KEY (step_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX relief_steps_by_account ON relief_steps (account_id);

CREATE INDEX relief_steps_by_relief ON relief_steps (relief_id);

CREATE TABLE reliefs_elsewhere (
	id INTEGER NOT NULL, 
	step_id TEXT NOT NULL, 
	entry_id TEXT NOT NULL, 
	relief_id TEXT NOT NULL, 
	step TEXT NOT NULL, 
	account_id INTEGER NOT NULL, 
	bill_id INTEGER NOT NULL, 
	bill_no TEXT NOT NULL, 
	way TEXT NOT NULL, 
	amount_fen INTEGER NOT NULL, 
	until TEXT, 
	reason_code TEXT NOT NULL, 
	staff_no TEXT NOT NULL, 
	approvers TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	counter_id TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (step_id)
)
 STRICT;

CREATE INDEX reliefs_elsewhere_by_account ON reliefs_elsewhere (account_id);

CREATE INDEX reliefs_elsewhere_by_relief ON reliefs_elsewhere (relief_id);

CREATE TRIGGER IF NOT EXISTS relief_steps_no_update BEFORE UPDATE ON relief_steps BEGIN SELECT RAISE(ABORT, 'relief_steps only grow'); END;

CREATE TRIGGER IF NOT EXISTS relief_steps_no_delete BEFORE DELETE ON relief_steps BEGIN SELECT RAISE(ABORT, 'relief_steps only grow'); END;

CREATE TRIGGER IF NOT EXISTS reliefs_elsewhere_no_update BEFORE UPDATE ON reliefs_elsewhere BEGIN SELECT RAISE(ABORT, 'reliefs_elsewhere only grow'); END;

CREATE TRIGGER IF NOT EXISTS reliefs_elsewhere_no_delete BEFORE DELETE ON reliefs_elsewhere BEGIN SELECT RAISE(ABORT, 'reliefs_elsewhere only grow'); END;

CREATE TABLE disputes (
	dispute_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	bill_id INTEGER NOT NULL, 
	line INTEGER NOT NULL, 
	item TEXT NOT NULL, 
	disputed_fen INTEGER NOT NULL, 
	opened_on TEXT NOT NULL, 
	reason_code TEXT NOT NULL, 
	staff_no TEXT NOT NULL, 
	PRIMARY KEY (dispute_id), 
	UNIQUE (entry)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX disputes_by_bill ON disputes (bill_id);

CREATE TABLE dispute_decisions (
	dispute_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	bill_id INTEGER NOT NULL, 
	outcome TEXT NOT NULL, 
	lowered_fen INTEGER NOT NULL, 
	back_fen INTEGER NOT NULL, 
	decided_on TEXT NOT NULL, 
	staff_no TEXT NOT NULL, 
	approver_no TEXT NOT NULL, 
	PRIMARY KEY (dispute_id), 
	UNIQUE (entry)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX dispute_decisions_by_bill ON dispute_decisions (bill_id);

CREATE TRIGGER IF NOT EXISTS disputes_no_update BEFORE UPDATE ON disputes BEGIN SELECT RAISE(ABORT, 'disputes only grow'); END;

CREATE TRIGGER IF NOT EXISTS disputes_no_delete BEFORE DELETE ON disputes BEGIN SELECT RAISE(ABORT, 'disputes only grow'); END;

CREATE TRIGGER IF NOT EXISTS dispute_decisions_no_update BEFORE UPDATE ON dispute_decisions BEGIN SELECT RAISE(ABORT, 'dispute_decisions only grow'); END;

CREATE TRIGGER IF NOT EXISTS dispute_decisions_no_delete BEFORE DELETE ON dispute_decisions BEGIN SELECT RAISE(ABORT, 'dispute_decisions only grow'); END;

CREATE INDEX entries_of_safe ON entries (kind) WHERE kind IN ('cash.drop', 'day.close', 'deposit.made', 'float.accept', 'float.ask', 'float.issue', 'float.refuse', 'proof.found', 'proofs.handover', 'safe.fund');
