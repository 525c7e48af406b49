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

CREATE TRIGGER IF NOT EXISTS invoice_notes_no_delete BEFORE DELETE ON invoice_notes BEGIN SELECT RAISE(ABORT, 'invoice_notes only grow'); END;

CREATE TABLE undone_elsewhere (
	id INTEGER NOT NULL, 
	payment_id TEXT NOT NULL, 
	undo_id TEXT NOT NULL, 
	way TEXT NOT NULL, 
	counter_id TEXT NOT NULL, 
	business_date TEXT NOT NULL, 
	receipt_no TEXT NOT NULL, 
	reason_code TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (payment_id)
)
 STRICT;

CREATE TRIGGER IF NOT EXISTS undone_elsewhere_no_update BEFORE UPDATE ON undone_elsewhere BEGIN SELECT RAISE(ABORT, 'undone_elsewhere only grow'); END;

CREATE TRIGGER IF NOT EXISTS undone_elsewhere_no_delete BEFORE DELETE ON undone_elsewhere BEGIN SELECT RAISE(ABORT, 'undone_elsewhere only grow'); END;

DROP TRIGGER side_records_only_erased;

UPDATE side_records SET erased_at = NULL WHERE content IS NULL AND entry IN (SELECT id FROM entries WHERE kind = 'recover.chain');

CREATE INDEX side_records_lost ON side_records (record_id) WHERE content IS NULL AND erased_at IS NULL;

CREATE TRIGGER IF NOT EXISTS side_records_only_erased BEFORE UPDATE ON side_records WHEN NEW.record_id <> OLD.record_id OR NEW.subject <> OLD.subject OR NEW.kind <> OLD.kind OR NEW.size <> OLD.size OR NEW.sha256 <> OLD.sha256 OR NEW.entry <> OLD.entry OR OLD.erased_at IS NOT NULL OR NOT (NEW.content IS NULL AND NEW.erased_at IS NOT NULL OR OLD.content IS NULL AND NEW.erased_at IS NULL AND NEW.content IS NOT NULL AND length(NEW.content) = NEW.size) BEGIN SELECT RAISE(ABORT, 'side_records are erased or kept'); END
