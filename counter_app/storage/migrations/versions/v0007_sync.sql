CREATE TABLE book_moves (
	id INTEGER NOT NULL, 
	move_id TEXT NOT NULL, 
	book_id INTEGER NOT NULL, 
	amount_fen INTEGER NOT NULL, 
	counter_id TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (move_id)
)
 STRICT;

CREATE INDEX book_moves_by_book ON book_moves (book_id);

CREATE TABLE books_elsewhere (
	book_id INTEGER NOT NULL, 
	amount_fen INTEGER NOT NULL, 
	PRIMARY KEY (book_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE counters_down (
	counter_id TEXT NOT NULL, 
	ordinal INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	PRIMARY KEY (counter_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE feed_checks (
	what TEXT NOT NULL, 
	block INTEGER NOT NULL, 
	row_count INTEGER NOT NULL, 
	sum_fen INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	PRIMARY KEY (what, block)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE feed_held (
	id INTEGER NOT NULL, 
	generation TEXT NOT NULL, 
	n INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	body TEXT NOT NULL, 
	row_key TEXT NOT NULL, 
	why TEXT NOT NULL, 
	held_at TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (generation, n, kind, body)
)
 STRICT;

CREATE INDEX feed_held_by_key ON feed_held (kind, row_key);

CREATE TABLE foreign_entries (
	id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	entry_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	content TEXT NOT NULL, 
	prev_hash BLOB NOT NULL, 
	hash BLOB NOT NULL, 
	signature BLOB NOT NULL, 
	fetched_at TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (epoch, seq)
)
 STRICT;

CREATE INDEX foreign_entries_by_entry ON foreign_entries (entry_id);

CREATE TABLE guests (
	customer_id INTEGER NOT NULL, 
	staff_no TEXT NOT NULL, 
	found_at TEXT NOT NULL, 
	PRIMARY KEY (customer_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE ledger_lines (
	entry_id TEXT NOT NULL, 
	counter_id TEXT NOT NULL, 
	epoch INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	staff_no TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	amount_fen INTEGER, 
	customer_id INTEGER, 
	PRIMARY KEY (entry_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX ledger_lines_by_customer ON ledger_lines (customer_id) WHERE customer_id IS NOT NULL;

CREATE INDEX ledger_lines_by_day ON ledger_lines (business_date, kind);

CREATE TABLE packs_down (
	trade TEXT NOT NULL, 
	version TEXT NOT NULL, 
	text TEXT NOT NULL, 
	taken_at TEXT NOT NULL, 
	PRIMARY KEY (trade, version)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE roles_down (
	id INTEGER NOT NULL, 
	staff_no TEXT NOT NULL, 
	role TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT;

CREATE TABLE sync_state (
	"key" TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY ("key")
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE tasks (
	task_id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	customer_id INTEGER, 
	account_id INTEGER, 
	amount_fen INTEGER, 
	counter_id TEXT, 
	opened_at TEXT NOT NULL, 
	due_on TEXT, 
	closed_at TEXT, 
	facts TEXT NOT NULL, 
	PRIMARY KEY (task_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX tasks_by_customer ON tasks (customer_id) WHERE customer_id IS NOT NULL;

CREATE INDEX tasks_open ON tasks (due_on, task_id) WHERE closed_at IS NULL;

CREATE TRIGGER IF NOT EXISTS foreign_entries_no_update BEFORE UPDATE ON foreign_entries BEGIN SELECT RAISE(ABORT, 'foreign_entries only grow'); END;

CREATE TRIGGER IF NOT EXISTS foreign_entries_no_delete BEFORE DELETE ON foreign_entries BEGIN SELECT RAISE(ABORT, 'foreign_entries only grow'); END;

CREATE TRIGGER IF NOT EXISTS book_moves_no_update BEFORE UPDATE ON book_moves BEGIN SELECT RAISE(ABORT, 'book_moves only grow'); END;

CREATE TRIGGER IF NOT EXISTS book_moves_no_delete BEFORE DELETE ON book_moves BEGIN SELECT RAISE(ABORT, 'book_moves only grow'); END;

CREATE TRIGGER IF NOT EXISTS roles_down_no_update BEFORE UPDATE ON roles_down BEGIN SELECT RAISE(ABORT, 'roles_down only grow'); END;

CREATE TRIGGER IF NOT EXISTS roles_down_no_delete BEFORE DELETE ON roles_down BEGIN SELECT RAISE(ABORT, 'roles_down only grow'); END
