BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE analysis (
	negotiation VARCHAR(24) NOT NULL, 
	body JSON NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (negotiation), 
	FOREIGN KEY(negotiation) REFERENCES negotiation (id) ON DELETE CASCADE
);
INSERT INTO "analysis" VALUES('kept-in-0001','{"points": [1, 2]}','2026-11-26 02:00:02.676900');
CREATE TABLE negotiation (
	id VARCHAR(24) NOT NULL, 
	title VARCHAR(200) NOT NULL, 
	setup JSON NOT NULL, 
	version INTEGER NOT NULL, 
	created DATETIME NOT NULL, 
	changed DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "negotiation" VALUES('kept-in-0001','Métaux','{"title": "M\u00e9taux", "parties": ["USA", "CAN"], "law": "2026-02-01", "horizon": "long", "terms": [{"track": "steel", "kind": "tariff", "importer": "USA", "exporter": "CAN", "sectors": ["steel"], "lower": 0.0, "upper": 0.6, "threat": 0.5}], "red_lines": []}',3,'2026-11-26 02:00:02.579583','2026-11-26 02:00:02.654779');
CREATE TABLE offer (
	id INTEGER NOT NULL, 
	negotiation VARCHAR(24) NOT NULL, 
	number INTEGER NOT NULL, 
	round INTEGER NOT NULL, 
	side VARCHAR(3) NOT NULL, 
	terms JSON NOT NULL, 
	scores JSON NOT NULL, 
	note TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (negotiation, number), 
	FOREIGN KEY(negotiation) REFERENCES negotiation (id) ON DELETE CASCADE
);
INSERT INTO "offer" VALUES(1,'kept-in-0001',1,1,'CAN','[0.1]','{"sides": {"USA": {"vs_today_pct": -0.01, "vs_threat_pct": 0.02}, "CAN": {"vs_today_pct": 0.01, "vs_threat_pct": 0.03}}}','première offre','2026-11-26 02:00:02.612793');
INSERT INTO "offer" VALUES(2,'kept-in-0001',2,1,'USA','[null]','{"sides": {"USA": {"vs_today_pct": 0.0, "vs_threat_pct": 0.03}, "CAN": {"vs_today_pct": 0.0, "vs_threat_pct": 0.02}}}','','2026-11-26 02:00:02.656220');
CREATE INDEX ix_offer_negotiation ON offer (negotiation);
COMMIT;
