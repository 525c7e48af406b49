CREATE TABLE accounts (
	id INTEGER NOT NULL,
	account_no TEXT NOT NULL,
	customer_id INTEGER NOT NULL,
	address TEXT NOT NULL,
	facts TEXT NOT NULL,
	contract_no TEXT,
	area TEXT,
	PRIMARY KEY (id),
	UNIQUE (account_no)
)
 STRICT;

CREATE INDEX accounts_by_customer ON accounts (customer_id);

CREATE TABLE balances (
	account TEXT NOT NULL,
	subject TEXT NOT NULL,
	balance_fen INTEGER NOT NULL,
	PRIMARY KEY (account, subject)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE bill_items (
	bill_id INTEGER NOT NULL,
	line INTEGER NOT NULL,
	item TEXT NOT NULL,
	amount_fen INTEGER NOT NULL,
	PRIMARY KEY (bill_id, line)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE bills (
	id INTEGER NOT NULL,
	bill_no TEXT NOT NULL,
	account_id INTEGER NOT NULL,
	service_id INTEGER,
	month TEXT NOT NULL,
	issued_on TEXT NOT NULL,
	due_on TEXT NOT NULL,
	principal_fen INTEGER NOT NULL,
	cost_fen INTEGER DEFAULT 0 NOT NULL,
	accrual_start_on TEXT,
	accrual_stop_on TEXT,
	is_disputed INTEGER DEFAULT 0 NOT NULL,
	is_late_fee_deferred INTEGER DEFAULT 0 NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (bill_no)
)
 STRICT;

CREATE INDEX bills_by_account ON bills (account_id, month);

CREATE TABLE books (
	id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	items TEXT NOT NULL,
	priority INTEGER NOT NULL,
	valid_to TEXT,
	opening_fen INTEGER NOT NULL,
	opening_source TEXT NOT NULL,
	opened_on TEXT NOT NULL,
	PRIMARY KEY (id)
)
 STRICT;

CREATE INDEX books_by_account ON books (account_id);

CREATE TABLE contacts (
	customer_id INTEGER NOT NULL,
	line INTEGER NOT NULL,
	kind TEXT NOT NULL,
	value TEXT NOT NULL,
	person TEXT NOT NULL,
	PRIMARY KEY (customer_id, line)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE counters (
	counter_id TEXT NOT NULL,
	name TEXT NOT NULL,
	is_active INTEGER DEFAULT 1 NOT NULL,
	PRIMARY KEY (counter_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE customer_flags (
	customer_id INTEGER NOT NULL,
	flag TEXT NOT NULL,
	since_on TEXT NOT NULL,
	note TEXT NOT NULL,
	PRIMARY KEY (customer_id, flag)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE customers (
	id INTEGER NOT NULL,
	customer_no TEXT NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	customer_class TEXT NOT NULL,
	id_kind TEXT,
	id_number TEXT,
	group_name TEXT,
	manager TEXT,
	since_on TEXT,
	PRIMARY KEY (id),
	UNIQUE (customer_no)
)
 STRICT;

CREATE TABLE devices (
	device_id TEXT NOT NULL,
	counter_id TEXT NOT NULL,
	public_key BLOB NOT NULL,
	epoch INTEGER NOT NULL,
	enrolled_at TEXT NOT NULL,
	revoked_at TEXT,
	PRIMARY KEY (device_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE entries (
	id INTEGER NOT NULL,
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	entry_id TEXT NOT NULL,
	intent_id TEXT,
	kind TEXT NOT NULL,
	staff_no TEXT NOT NULL,
	shift_id TEXT,
	customer_id INTEGER,
	business_date TEXT NOT NULL,
	at TEXT NOT NULL,
	device_id TEXT NOT NULL,
	content TEXT NOT NULL,
	prev_hash BLOB NOT NULL,
	hash BLOB NOT NULL,
	signature BLOB NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (epoch, seq),
	UNIQUE (entry_id),
	UNIQUE (intent_id)
)
 STRICT;

CREATE INDEX entries_by_customer ON entries (customer_id) WHERE customer_id IS NOT NULL;

CREATE INDEX entries_by_day ON entries (business_date, kind);

CREATE TABLE hall (
	"key" TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY ("key")
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE imports (
	id INTEGER NOT NULL,
	what TEXT NOT NULL,
	file_name TEXT NOT NULL,
	file_sha256 TEXT NOT NULL,
	map_sha256 TEXT NOT NULL,
	row_count INTEGER NOT NULL,
	changed_count INTEGER NOT NULL,
	done_at TEXT NOT NULL,
	entry INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE intents (
	intent_id TEXT NOT NULL,
	kind TEXT NOT NULL,
	customer_id INTEGER,
	shift_id TEXT,
	staff_no TEXT NOT NULL,
	amount_fen INTEGER NOT NULL,
	begun_at TEXT NOT NULL,
	state TEXT NOT NULL,
	entry INTEGER,
	PRIMARY KEY (intent_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX intents_unfinished ON intents (state) WHERE state <> 'seen';

CREATE TABLE journal_head (
	epoch INTEGER NOT NULL,
	seq INTEGER NOT NULL,
	hash BLOB NOT NULL,
	PRIMARY KEY (epoch)
)
 STRICT;

CREATE TABLE notes (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	body TEXT NOT NULL,
	staff_no TEXT NOT NULL,
	written_at TEXT NOT NULL,
	entry INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT;

CREATE INDEX notes_by_customer ON notes (customer_id);

CREATE TABLE payment_tenders (
	payment_id TEXT NOT NULL,
	line INTEGER NOT NULL,
	tender TEXT NOT NULL,
	amount_fen INTEGER NOT NULL,
	reference TEXT NOT NULL,
	bank TEXT NOT NULL,
	document_no TEXT NOT NULL,
	document_on TEXT,
	PRIMARY KEY (payment_id, line)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE payments (
	payment_id TEXT NOT NULL,
	entry INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	shift_id TEXT NOT NULL,
	staff_no TEXT NOT NULL,
	business_date TEXT NOT NULL,
	taken_at TEXT NOT NULL,
	settled_fen INTEGER NOT NULL,
	received_fen INTEGER NOT NULL,
	change_fen INTEGER NOT NULL,
	prepaid_used_fen INTEGER NOT NULL,
	prepaid_stored_fen INTEGER NOT NULL,
	receipt_no TEXT NOT NULL,
	PRIMARY KEY (payment_id),
	UNIQUE (entry),
	UNIQUE (receipt_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX payments_by_customer ON payments (customer_id, taken_at);

CREATE INDEX payments_by_shift ON payments (shift_id);

CREATE TABLE postings (
	id INTEGER NOT NULL,
	entry INTEGER NOT NULL,
	line INTEGER NOT NULL,
	account TEXT NOT NULL,
	subject TEXT NOT NULL,
	amount_fen INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (entry, line)
)
 STRICT;

CREATE INDEX postings_by_account ON postings (account, subject);

CREATE TABLE print_jobs (
	id INTEGER NOT NULL,
	receipt_no TEXT NOT NULL,
	copy_no INTEGER NOT NULL,
	paper TEXT NOT NULL,
	printer TEXT NOT NULL,
	state TEXT NOT NULL,
	why TEXT NOT NULL,
	staff_no TEXT NOT NULL,
	asked_at TEXT NOT NULL,
	ended_at TEXT,
	entry INTEGER,
	PRIMARY KEY (id),
	UNIQUE (receipt_no, copy_no)
)
 STRICT;

CREATE INDEX print_jobs_unfinished ON print_jobs (state) WHERE state <> 'printed';

CREATE TABLE receipt_series (
	counter_id TEXT NOT NULL,
	year INTEGER NOT NULL,
	last_serial INTEGER NOT NULL,
	PRIMARY KEY (counter_id, year)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE receipts (
	receipt_no TEXT NOT NULL,
	counter_id TEXT NOT NULL,
	year INTEGER NOT NULL,
	serial INTEGER NOT NULL,
	payment_id TEXT NOT NULL,
	entry INTEGER NOT NULL,
	facts TEXT NOT NULL,
	facts_sha256 TEXT NOT NULL,
	PRIMARY KEY (receipt_no),
	UNIQUE (counter_id, year, serial),
	UNIQUE (payment_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE restore_orders (
	order_id TEXT NOT NULL,
	service_id INTEGER NOT NULL,
	payment_id TEXT NOT NULL,
	entry INTEGER NOT NULL,
	state TEXT NOT NULL,
	ordered_at TEXT NOT NULL,
	due_at TEXT NOT NULL,
	confirmed_at TEXT,
	archived_at TEXT,
	PRIMARY KEY (order_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX restore_orders_by_service ON restore_orders (service_id);

CREATE INDEX restore_orders_running ON restore_orders (state) WHERE state <> 'archived';

CREATE TABLE search_terms (
	kind TEXT NOT NULL,
	term TEXT NOT NULL,
	customer_id INTEGER NOT NULL,
	PRIMARY KEY (kind, term, customer_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE services (
	id INTEGER NOT NULL,
	account_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	number TEXT NOT NULL,
	"plan" TEXT NOT NULL,
	state TEXT NOT NULL,
	state_since_on TEXT NOT NULL,
	state_reason TEXT NOT NULL,
	meter_no TEXT,
	PRIMARY KEY (id),
	UNIQUE (kind, number)
)
 STRICT;

CREATE INDEX services_by_account ON services (account_id);

CREATE TABLE settlements (
	id INTEGER NOT NULL,
	settlement_id TEXT NOT NULL,
	bill_id INTEGER NOT NULL,
	settled_on TEXT NOT NULL,
	principal_fen INTEGER NOT NULL,
	late_fee_fen INTEGER NOT NULL,
	cost_fen INTEGER DEFAULT 0 NOT NULL,
	source TEXT NOT NULL,
	channel TEXT NOT NULL,
	entry INTEGER,
	PRIMARY KEY (id),
	UNIQUE (settlement_id)
)
 STRICT;

CREATE INDEX settlements_by_bill ON settlements (bill_id);

CREATE INDEX settlements_by_entry ON settlements (entry) WHERE entry IS NOT NULL;

CREATE TABLE shifts (
	shift_id TEXT NOT NULL,
	shift_no TEXT NOT NULL,
	counter_id TEXT NOT NULL,
	staff_no TEXT NOT NULL,
	business_date TEXT NOT NULL,
	opened_at TEXT NOT NULL,
	float_fen INTEGER NOT NULL,
	opening_entry INTEGER NOT NULL,
	closed_at TEXT,
	closing_entry INTEGER,
	counted_fen INTEGER,
	PRIMARY KEY (shift_id),
	UNIQUE (shift_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE UNIQUE INDEX one_open_shift ON shifts (counter_id) WHERE closed_at IS NULL;

CREATE TABLE staff (
	staff_no TEXT NOT NULL,
	name TEXT NOT NULL,
	role TEXT NOT NULL,
	state TEXT NOT NULL,
	verifier TEXT NOT NULL,
	failed_tries INTEGER DEFAULT 0 NOT NULL,
	locked_until TEXT,
	must_change_password INTEGER DEFAULT 0 NOT NULL,
	hint TEXT,
	PRIMARY KEY (staff_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE VIRTUAL TABLE IF NOT EXISTS search_text USING fts5(body, content='', contentless_delete=1, detail=none, tokenize='trigram');

CREATE TRIGGER IF NOT EXISTS entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'entries only grow'); END;

CREATE TRIGGER IF NOT EXISTS entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'entries only grow'); END;

CREATE TRIGGER IF NOT EXISTS postings_no_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'postings only grow'); END;

CREATE TRIGGER IF NOT EXISTS postings_no_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'postings only grow'); END;

CREATE TRIGGER IF NOT EXISTS payments_no_update BEFORE UPDATE ON payments BEGIN SELECT RAISE(ABORT, 'payments only grow'); END;

CREATE TRIGGER IF NOT EXISTS payments_no_delete BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'payments only grow'); END;

CREATE TRIGGER IF NOT EXISTS payment_tenders_no_update BEFORE UPDATE ON payment_tenders BEGIN SELECT RAISE(ABORT, 'payment_tenders only grow'); END;

CREATE TRIGGER IF NOT EXISTS payment_tenders_no_delete BEFORE DELETE ON payment_tenders BEGIN SELECT RAISE(ABORT, 'payment_tenders only grow'); END;

CREATE TRIGGER IF NOT EXISTS receipts_no_update BEFORE UPDATE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts only grow'); END;

CREATE TRIGGER IF NOT EXISTS receipts_no_delete BEFORE DELETE ON receipts BEGIN SELECT RAISE(ABORT, 'receipts only grow'); END;

CREATE TRIGGER IF NOT EXISTS settlements_no_update BEFORE UPDATE ON settlements BEGIN SELECT RAISE(ABORT, 'settlements only grow'); END;

CREATE TRIGGER IF NOT EXISTS settlements_no_delete BEFORE DELETE ON settlements BEGIN SELECT RAISE(ABORT, 'settlements only grow'); END;

CREATE TRIGGER IF NOT EXISTS imports_no_update BEFORE UPDATE ON imports BEGIN SELECT RAISE(ABORT, 'imports only grow'); END;

CREATE TRIGGER IF NOT EXISTS imports_no_delete BEFORE DELETE ON imports BEGIN SELECT RAISE(ABORT, 'imports only grow'); END;
