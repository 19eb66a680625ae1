-- The same on SQLite.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE inbox_meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO inbox_meta VALUES('version','1');
INSERT INTO inbox_meta VALUES('name','aedc6dbb');
CREATE TABLE inbox_source (
	id INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	wanted BOOLEAN NOT NULL, 
	complete BOOLEAN NOT NULL, 
	quiet_until BIGINT, 
	reached BIGINT, 
	forgotten BIGINT, 
	known INTEGER NOT NULL, 
	looked BIGINT, 
	disordered BOOLEAN NOT NULL, 
	failing BIGINT, 
	failures INTEGER NOT NULL, 
	trouble TEXT, 
	told BOOLEAN NOT NULL, 
	kinds TEXT, 
	lease TEXT, 
	lease_until BIGINT, 
	PRIMARY KEY (id)
);
INSERT INTO inbox_source VALUES(1,'200300400','messenger','inbox',1,1,1795435203000,1795435276000,1787659203000,6,1795435336000,0,NULL,0,NULL,0,NULL,'eba5c6bf1897',1795435408000);
CREATE TABLE inbox_conversation (
	id INTEGER NOT NULL, 
	"key" BIGINT NOT NULL, 
	graph_id TEXT NOT NULL, 
	source SMALLINT NOT NULL, 
	folders SMALLINT NOT NULL, 
	quiet SMALLINT NOT NULL, 
	seen BIGINT NOT NULL, 
	updated BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO inbox_conversation VALUES(1,5004452791785597139,'t_110022003301',1,1,1,1795435203000,1795435201000);
INSERT INTO inbox_conversation VALUES(2,2776991248121932110,'t_110022003302',1,1,1,1795435203000,1795435202000);
INSERT INTO inbox_conversation VALUES(3,8195553026380557177,'t_110022003303',1,1,1,1795435203000,1795435203000);
INSERT INTO inbox_conversation VALUES(4,8661908077794696319,'t_110022003304',1,1,0,1795435274000,1795435214000);
INSERT INTO inbox_conversation VALUES(5,3769398859443305437,'t_110022003305',1,1,0,1795435336000,1795435275000);
INSERT INTO inbox_conversation VALUES(6,3518777305020685097,'t_110022003306',1,1,0,1795435336000,1795435276000);
CREATE TABLE inbox_room (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	failing BIGINT, 
	failures INTEGER NOT NULL, 
	retry BIGINT, 
	error TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO inbox_room VALUES(1,'#room',1795435336000,1,1795435338000,'the chat can''t be reached');
CREATE TABLE inbox_news (
	conversation INTEGER NOT NULL, 
	room INTEGER NOT NULL, 
	version BIGINT NOT NULL, 
	watch INTEGER NOT NULL, 
	source SMALLINT NOT NULL, 
	verdict SMALLINT NOT NULL, 
	occasion SMALLINT NOT NULL, 
	found BIGINT NOT NULL, 
	due BIGINT, 
	since BIGINT, 
	detail TEXT, 
	body TEXT, 
	announcement INTEGER, 
	PRIMARY KEY (conversation, room, version)
)
 WITHOUT ROWID

;
INSERT INTO inbox_news VALUES(4,1,0,1,1,0,0,1795435274000,NULL,NULL,NULL,NULL,2);
INSERT INTO inbox_news VALUES(5,1,0,1,1,0,0,1795435336000,1795435336000,NULL,NULL,'{"id":"t_110022003305","updated":1795435275.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}',NULL);
INSERT INTO inbox_news VALUES(6,1,0,1,1,0,0,1795435336000,1795435336000,NULL,NULL,'{"id":"t_110022003306","updated":1795435276.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}',NULL);
CREATE TABLE inbox_notice (
	id INTEGER NOT NULL, 
	room INTEGER NOT NULL, 
	found BIGINT NOT NULL, 
	due BIGINT, 
	body TEXT NOT NULL, 
	announcement INTEGER, 
	PRIMARY KEY (id)
);
CREATE TABLE inbox_announcement (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	items INTEGER NOT NULL, 
	sends INTEGER NOT NULL, 
	tries INTEGER NOT NULL, 
	repeat SMALLINT NOT NULL, 
	life TEXT, 
	until BIGINT, 
	receipt TEXT, 
	error TEXT
);
INSERT INTO inbox_announcement VALUES(1,1,'sent',1795435213000,0,1,0,0,NULL,NULL,'receipt-1',NULL);
INSERT INTO inbox_announcement VALUES(2,1,'sent',1795435274000,1,1,0,0,NULL,NULL,'receipt-2',NULL);
CREATE TABLE inbox_watch (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room TEXT NOT NULL, 
	wish TEXT NOT NULL, 
	ops BOOLEAN NOT NULL, 
	made BIGINT NOT NULL, 
	ended BIGINT
);
INSERT INTO inbox_watch VALUES(1,'#room','inbox messenger',1,1795435203000,NULL);
CREATE TABLE inbox_mute (
	id INTEGER NOT NULL, 
	room TEXT NOT NULL, 
	watch INTEGER, 
	conversation INTEGER, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('inbox_watch',1);
INSERT INTO sqlite_sequence VALUES('inbox_announcement',3);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source (page, platform, folder);
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation ("key");
CREATE INDEX inbox_news_queue ON inbox_news (room, announcement, found) WHERE due IS NOT NULL;
CREATE UNIQUE INDEX inbox_announcement_active ON inbox_announcement (room) WHERE state IN ('sending', 'doubt');
COMMIT;
