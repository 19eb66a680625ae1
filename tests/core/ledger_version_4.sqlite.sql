-- The same on SQLite.
BEGIN TRANSACTION;
CREATE TABLE inbox_announcement (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	items INTEGER NOT NULL, 
	tries INTEGER NOT NULL, 
	repeat SMALLINT NOT NULL, 
	session TEXT, 
	until BIGINT, 
	receipt TEXT, 
	error TEXT, 
	edit BIGINT
);
INSERT INTO "inbox_announcement" VALUES(1,1,'sent',1795435810000,0,0,0,NULL,NULL,'receipt-1',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(2,1,'sent',1795435910000,1,0,0,NULL,NULL,'receipt-2',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(3,1,'sent',1795435910000,1,0,0,NULL,NULL,'receipt-3',NULL,NULL);
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
INSERT INTO "inbox_conversation" VALUES(1,2776991248121932110,'t_110022003302',1,1,1,1795435800000,1795435200000);
INSERT INTO "inbox_conversation" VALUES(2,5004452791785597139,'t_110022003301',1,1,1,1795435800000,1795435800000);
INSERT INTO "inbox_conversation" VALUES(3,8195553026380557177,'t_110022003303',1,1,0,1795435900000,1795435910000);
INSERT INTO "inbox_conversation" VALUES(4,8661908077794696319,'t_110022003304',1,1,0,1795435900000,1795435870000);
CREATE TABLE inbox_meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "inbox_meta" VALUES('version','4');
INSERT INTO "inbox_meta" VALUES('name','51fc6481');
CREATE TABLE inbox_mute (
	id INTEGER NOT NULL, 
	room TEXT NOT NULL, 
	watch INTEGER, 
	conversation INTEGER, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
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
	later SMALLINT, 
	latest TEXT, 
	kept SMALLINT, 
	PRIMARY KEY (conversation, room, version)
) WITHOUT ROWID;
INSERT INTO "inbox_news" VALUES(3,1,0,1,1,0,0,1795435900000,NULL,NULL,NULL,'{"id":"t_110022003303","updated":1795435870.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888093/?section=messages","wrote":1795435870.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',2,0,'{"id":"t_110022003303","updated":1795435910.0,"platform":"messenger","name":null,"snippet":"hi!","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888093/?section=messages","wrote":1795435870.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',1);
INSERT INTO "inbox_news" VALUES(4,1,0,1,1,0,0,1795435900000,NULL,NULL,NULL,'{"id":"t_110022003304","updated":1795435870.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages","wrote":1795435870.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',3,0,NULL,1);
CREATE TABLE inbox_notice (
	id INTEGER NOT NULL, 
	room INTEGER NOT NULL, 
	found BIGINT NOT NULL, 
	due BIGINT, 
	body TEXT NOT NULL, 
	announcement INTEGER, 
	PRIMARY KEY (id)
);
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
INSERT INTO "inbox_room" VALUES(1,'#room',NULL,0,NULL,NULL);
INSERT INTO "inbox_room" VALUES(2,'#chat',NULL,0,NULL,NULL);
CREATE TABLE inbox_source (
	id INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	wanted BOOLEAN NOT NULL, 
	complete BOOLEAN NOT NULL, 
	begun BIGINT, 
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
INSERT INTO "inbox_source" VALUES(1,'200300400','messenger','inbox',1,1,1795435800000,1795432350000,1795435910000,1787659800000,4,1795435950000,0,NULL,0,NULL,0,NULL,'ef8d927ee6f0',1795436022000);
INSERT INTO "inbox_source" VALUES(2,'200300400','messenger','spam',1,1,1795435950000,1795432350000,0,-7776000000,0,1795435950000,0,NULL,0,NULL,0,NULL,'ef8d927ee6f0',1795436022000);
CREATE TABLE inbox_watch (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room TEXT NOT NULL, 
	spec TEXT NOT NULL, 
	ops BOOLEAN NOT NULL, 
	ended BIGINT
);
INSERT INTO "inbox_watch" VALUES(1,'#room','{"version":1,"folder":"inbox","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit","written":"#room"}',1,NULL);
INSERT INTO "inbox_watch" VALUES(2,'#chat','{"version":1,"folder":"spam","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit"}',0,NULL);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source (page, platform, folder);
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation ("key");
CREATE INDEX inbox_news_kept ON inbox_news (announcement) WHERE kept IS NOT NULL;
CREATE INDEX inbox_news_queue ON inbox_news (announcement, room, found) WHERE due IS NOT NULL;
CREATE INDEX inbox_announcement_edit ON inbox_announcement (edit) WHERE edit IS NOT NULL;
CREATE INDEX inbox_announcement_unsent ON inbox_announcement (id) WHERE state <> 'sent';
CREATE INDEX inbox_announcement_empty ON inbox_announcement (at) WHERE items = 0;
CREATE UNIQUE INDEX inbox_announcement_active ON inbox_announcement (room) WHERE state IN ('sending', 'doubt');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('inbox_watch',2);
INSERT INTO "sqlite_sequence" VALUES('inbox_announcement',4);
COMMIT;
