CREATE TABLE invoice_notes (
	receipt_no TEXT NOT NULL, 
	invoice_no TEXT NOT NULL, 
	issued_on TEXT NOT NULL, 
	red_of TEXT, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (receipt_no, invoice_no)
)
 WITHOUT ROWID,
 STRICT;

CREATE TABLE payments_undone (
	payment_id TEXT NOT NULL, 
	undo_id TEXT NOT NULL, 
	entry INTEGER NOT NULL, 
	way TEXT NOT NULL, 
	at TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	reason_code TEXT NOT NULL, 
	shift_id TEXT NOT NULL, 
	PRIMARY KEY (payment_id), 
	UNIQUE (undo_id)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX payments_undone_by_shift ON payments_undone (shift_id);

CREATE TABLE tender_moves (
	undo_id TEXT NOT NULL, 
	line INTEGER NOT NULL, 
	entry INTEGER NOT NULL, 
	payment_id TEXT NOT NULL, 
	shift_id TEXT NOT NULL, 
	tender TEXT NOT NULL, 
	amount_fen INTEGER NOT NULL, 
	reference TEXT NOT NULL, 
	bank TEXT NOT NULL, 
	document_no TEXT NOT NULL, 
	document_on TEXT, 
	PRIMARY KEY (undo_id, line)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX tender_moves_by_payment ON tender_moves (payment_id);

CREATE INDEX tender_moves_by_shift ON tender_moves (shift_id);

CREATE TRIGGER IF NOT EXISTS payments_undone_no_update BEFORE UPDATE ON payments_undone BEGIN SELECT RAISE(ABORT, 'payments_undone only grow'); END;

CREATE TRIGGER IF NOT EXISTS payments_undone_no_delete BEFORE DELETE ON payments_undone BEGIN SELECT RAISE(ABORT, 'payments_undone only grow'); END;

CREATE TRIGGER IF NOT EXISTS tender_moves_no_update BEFORE UPDATE ON tender_moves BEGIN SELECT RAISE(ABORT, 'tender_moves only grow'); END;

CREATE TRIGGER IF NOT EXISTS tender_moves_no_delete BEFORE DELETE ON tender_moves BEGIN SELECT RAISE(ABORT, 'tender_moves only grow'); END;

CREATE TRIGGER IF NOT EXISTS invoice_notes_no_update BEFORE UPDATE ON invoice_notes BEGIN SELECT RAISE(ABORT, 'invoice_notes only grow'); END;

CREATE TRIGGER IF NOT EXISTS invoice_notes_no_delete BEFORE DELETE ON invoice_notes BEGIN SELECT RAISE(ABORT, 'invoice_notes only grow'); END
