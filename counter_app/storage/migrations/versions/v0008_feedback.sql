CREATE TABLE retention_feedbacks (
	case_id TEXT NOT NULL, 
	line INTEGER NOT NULL, 
	staff_no TEXT NOT NULL, 
	fed_at TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	record_id TEXT NOT NULL, 
	taken_by TEXT, 
	taken_at TEXT, 
	answer TEXT, 
	entry INTEGER NOT NULL, 
	PRIMARY KEY (case_id, line)
)
 WITHOUT ROWID,
 STRICT;

CREATE INDEX retention_feedbacks_by_time ON retention_feedbacks (fed_at);

CREATE INDEX retention_feedbacks_waiting ON retention_feedbacks (fed_at) WHERE taken_at IS NULL
