CREATE TABLE cancel_orders (
	order_id TEXT NOT NULL, 
	case_id TEXT NOT NULL, 
	service_id INTEGER NOT NULL, 
	entry INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	ordered_at TEXT NOT NULL, 
	equipment TEXT NOT NULL, 
	closed_at TEXT, 
	PRIMARY KEY (order_id), 
	UNIQUE (case_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX cancel_orders_running ON cancel_orders (state) WHERE state <> 'closed';

CREATE TABLE number_holds (
	case_id TEXT NOT NULL, 
	service_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	held_until TEXT NOT NULL, 
	used_at TEXT, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (case_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX number_holds_by_customer ON number_holds (customer_id);

CREATE INDEX number_holds_by_number ON number_holds (number);

CREATE TABLE paper_jobs (
	id INTEGER NOT NULL, 
	paper_no TEXT NOT NULL, 
	copy_no INTEGER NOT NULL, 
	paper TEXT NOT NULL, 
	printer TEXT NOT NULL, 
	state TEXT NOT NULL, 
	why TEXT NOT NULL, 
	staff_no TEXT NOT NULL, 
	asked_at TEXT NOT NULL, 
	ended_at TEXT, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (paper_no, copy_no)
)
 STRICT;

CREATE INDEX paper_jobs_unfinished ON paper_jobs (state) WHERE state <> 'printed';

CREATE TABLE paper_series (
	counter_id TEXT NOT NULL, 
	year INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	last_serial INTEGER NOT NULL, 
	PRIMARY KEY (counter_id, year, kind)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE papers (
	paper_no TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	counter_id TEXT NOT NULL, 
	year INTEGER NOT NULL, 
	serial INTEGER NOT NULL, 
	subject TEXT NOT NULL, 
	facts_record TEXT NOT NULL, 
	facts_sha256 TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (paper_no), 
	UNIQUE (counter_id, year, kind, serial)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX papers_by_subject ON papers (subject);

CREATE TABLE past_retentions (
	id INTEGER NOT NULL, 
	record_no TEXT NOT NULL, 
	number TEXT NOT NULL, 
	name TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	source_reason TEXT, 
	measure TEXT NOT NULL, 
	result TEXT NOT NULL, 
	ended_on TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (record_no)
)
 STRICT;

CREATE INDEX past_retentions_by_number ON past_retentions (number);

CREATE TABLE retention_cases (
	case_id TEXT NOT NULL, 
	case_no TEXT NOT NULL, 
	service_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	staff_no TEXT NOT NULL, 
	stage TEXT NOT NULL, 
	result TEXT, 
	is_valued INTEGER NOT NULL, 
	average_fen INTEGER NOT NULL, 
	reason TEXT NOT NULL, 
	measures TEXT NOT NULL, 
	cost_fen INTEGER NOT NULL, 
	unavailable INTEGER NOT NULL, 
	opened_on TEXT NOT NULL, 
	opened_at TEXT NOT NULL, 
	ended_on TEXT, 
	ended_at TEXT, 
	held_until TEXT, 
	is_audit_passed INTEGER, 
	last_entry INTEGER NOT NULL, 
	PRIMARY KEY (case_id), 
	UNIQUE (case_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX one_open_case ON retention_cases (service_id) WHERE stage IN ('draft', 'value_checked', 'manager_signed', 'talking', 'refused', 'receptionist_signed', 'customer_signed', 'processing');

CREATE INDEX retention_cases_by_customer ON retention_cases (customer_id);

CREATE INDEX retention_cases_by_stage ON retention_cases (stage, opened_at);

CREATE INDEX retention_cases_ended ON retention_cases (ended_on, result) WHERE ended_on IS NOT NULL;

CREATE TABLE retention_steps (
	case_id TEXT NOT NULL, 
	line INTEGER NOT NULL, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (case_id, line), 
	UNIQUE (entry)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE side_records (
	record_id TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	content BLOB, 
	size INTEGER NOT NULL, 
	sha256 BLOB NOT NULL, 
	entry INTEGER NOT NULL, 
	erased_at TEXT, 
	PRIMARY KEY (record_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX side_records_by_subject ON side_records (subject);

CREATE TABLE visits (
	case_id TEXT NOT NULL, 
	line INTEGER NOT NULL, 
	due_on TEXT NOT NULL, 
	owner_no TEXT NOT NULL, 
	outcome TEXT, 
	done_on TEXT, 
	is_line_alive INTEGER, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (case_id, line)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX visits_due ON visits (due_on, owner_no) WHERE done_on IS NULL;

CREATE TRIGGER IF NOT EXISTS retention_steps_no_update BEFORE UPDATE ON retention_steps BEGIN SELECT RAISE(ABORT, 'retention_steps only grow'); END;

CREATE TRIGGER IF NOT EXISTS retention_steps_no_delete BEFORE DELETE ON retention_steps BEGIN SELECT RAISE(ABORT, 'retention_steps only grow'); END;

CREATE TRIGGER IF NOT EXISTS papers_no_update BEFORE UPDATE ON papers BEGIN SELECT RAISE(ABORT, 'papers only grow'); END;

CREATE TRIGGER IF NOT EXISTS papers_no_delete BEFORE DELETE ON papers BEGIN SELECT RAISE(ABORT, 'papers only grow'); END;

CREATE TRIGGER IF NOT EXISTS past_retentions_no_update BEFORE UPDATE ON past_retentions BEGIN SELECT RAISE(ABORT, 'past_retentions only grow'); END;

CREATE TRIGGER IF NOT EXISTS past_retentions_no_delete BEFORE DELETE ON past_retentions BEGIN SELECT RAISE(ABORT, 'past_retentions only grow'); END;

CREATE TRIGGER IF NOT EXISTS side_records_only_erased BEFORE UPDATE ON side_records WHEN NEW.content IS NOT NULL OR NEW.erased_at IS NULL OR OLD.erased_at IS NOT NULL OR NEW.record_id <> OLD.record_id OR NEW.subject <> OLD.subject OR NEW.kind <> OLD.kind OR NEW.size <> OLD.size OR NEW.sha256 <> OLD.sha256 OR NEW.entry <> OLD.entry BEGIN SELECT RAISE(ABORT, 'side_records are erased or kept'); END;

CREATE TRIGGER IF NOT EXISTS side_records_no_delete BEFORE DELETE ON side_records BEGIN SELECT RAISE(ABORT, 'side_records are erased or kept'); END
