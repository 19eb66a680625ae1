-- The same on SQLite.
BEGIN TRANSACTION;
CREATE TABLE inbox_act (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	conversation INTEGER NOT NULL, 
	kind SMALLINT NOT NULL, 
	who TEXT NOT NULL, 
	name TEXT NOT NULL, 
	room TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	until BIGINT, 
	giver TEXT, 
	words TEXT, 
	body TEXT, 
	ended BIGINT, 
	ending SMALLINT, 
	ender TEXT
);
INSERT INTO "inbox_act" VALUES(1,4,0,'@sam','Sam','#room',1795435920000,1795450320000,NULL,NULL,'{"id":"t_110022003304","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}',NULL,NULL,NULL);
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
	edit BIGINT, 
	erased INTEGER
);
INSERT INTO "inbox_announcement" VALUES(2,2,'sent',1795435806000,0,0,0,NULL,NULL,'receipt-1',NULL,NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(3,2,'sent',1795435920000,1,0,0,NULL,NULL,'receipt-2',NULL,NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(4,2,'sent',1795435920000,0,0,0,NULL,NULL,'receipt-3',NULL,NULL,1);
INSERT INTO "inbox_announcement" VALUES(5,2,'sent',1795435920000,1,0,0,NULL,NULL,'receipt-4',NULL,NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(6,2,'sent',1795435920000,1,0,0,NULL,NULL,'receipt-5',NULL,NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(7,2,'sent',1795437786000,1,0,0,NULL,NULL,'receipt-6',NULL,NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(8,1,'sent',1795438800000,0,0,0,NULL,NULL,'receipt-7',NULL,NULL,NULL);
CREATE TABLE inbox_answer (
	conversation INTEGER NOT NULL, 
	since BIGINT NOT NULL, 
	source SMALLINT NOT NULL, 
	took INTEGER NOT NULL, 
	opened INTEGER, 
	wrote INTEGER NOT NULL, 
	at_least SMALLINT, 
	PRIMARY KEY (conversation, since)
)
 WITHOUT ROWID

;
INSERT INTO "inbox_answer" VALUES(2,1795435860000,1,360,NULL,0,NULL);
CREATE TABLE inbox_arrival (
	source SMALLINT NOT NULL, 
	quarter INTEGER NOT NULL, 
	many INTEGER NOT NULL, 
	PRIMARY KEY (source, quarter)
)
 WITHOUT ROWID

;
INSERT INTO "inbox_arrival" VALUES(1,1994928,4);
INSERT INTO "inbox_arrival" VALUES(1,1994930,1);
INSERT INTO "inbox_arrival" VALUES(1,1994932,1);
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
INSERT INTO "inbox_conversation" VALUES(1,5004452791785597139,'t_110022003301',1,1,1,1795435800000,1795435200000);
INSERT INTO "inbox_conversation" VALUES(2,2776991248121932110,'t_110022003302',1,1,0,1795435920000,1795436220000);
INSERT INTO "inbox_conversation" VALUES(4,8661908077794696319,'t_110022003304',1,1,0,1795435920000,1795435860000);
INSERT INTO "inbox_conversation" VALUES(5,3769398859443305437,'t_110022003305',1,1,0,1795435920000,1795435860000);
INSERT INTO "inbox_conversation" VALUES(6,3518777305020685097,'t_110022003306',1,1,0,1795437780000,1795437480000);
INSERT INTO "inbox_conversation" VALUES(7,9080046990747072816,'t_110022003307',1,1,0,1795438920000,1795438860000);
CREATE TABLE inbox_digest (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room TEXT NOT NULL, 
	spec TEXT NOT NULL, 
	made BIGINT NOT NULL, 
	due BIGINT NOT NULL, 
	told BIGINT, 
	ended BIGINT
);
INSERT INTO "inbox_digest" VALUES(1,'#chat','{"version":1,"at":"13:00:00","zone":"UTC","days":[0,1,2,3,4,5,6],"folder":"inbox","platform":"messenger"}',1795435800000,1795525200000,1795438800000,NULL);
CREATE TABLE inbox_forgotten (
	"key" BIGINT NOT NULL, 
	at BIGINT NOT NULL, 
	PRIMARY KEY ("key")
)
 WITHOUT ROWID

;
INSERT INTO "inbox_forgotten" VALUES(8195553026380557177,1795435860000);
CREATE TABLE inbox_gap (
	source SMALLINT NOT NULL, 
	begun BIGINT NOT NULL, 
	ended BIGINT NOT NULL, 
	PRIMARY KEY (source, begun)
)
 WITHOUT ROWID

;
INSERT INTO "inbox_gap" VALUES(1,0,1795435800000);
INSERT INTO "inbox_gap" VALUES(1,1795436280000,1795437780000);
INSERT INTO "inbox_gap" VALUES(1,1795437780000,1795438800000);
INSERT INTO "inbox_gap" VALUES(2,0,1795435800000);
INSERT INTO "inbox_gap" VALUES(2,1795436280000,1795437780000);
INSERT INTO "inbox_gap" VALUES(2,1795437780000,1795438800000);
CREATE TABLE inbox_meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "inbox_meta" VALUES('version','6');
INSERT INTO "inbox_meta" VALUES('name','88b8455d');
INSERT INTO "inbox_meta" VALUES('erasings','1');
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
)
 WITHOUT ROWID

;
INSERT INTO "inbox_news" VALUES(2,2,0,1,1,0,0,1795435920000,NULL,NULL,NULL,'{"id":"t_110022003302","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}',3,0,'{"id":"t_110022003302","updated":1795436220.0,"platform":"messenger","name":null,"snippet":"hi!","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888062/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":null,"at_least":false,"answered":1795436220.0,"asked":1795435860.0}',1);
INSERT INTO "inbox_news" VALUES(4,2,0,1,1,0,0,1795435920000,NULL,NULL,NULL,'{"id":"t_110022003304","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}',5,0,NULL,1);
INSERT INTO "inbox_news" VALUES(5,2,0,1,1,0,0,1795435920000,NULL,NULL,NULL,'{"id":"t_110022003305","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}',6,0,NULL,1);
INSERT INTO "inbox_news" VALUES(6,2,0,1,1,0,2,1795437780000,NULL,1795436280000,NULL,'{"id":"t_110022003306","updated":1795437480.0,"platform":"messenger","name":null,"snippet":"are you there?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages","wrote":1795437480.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795437480.0,"at_least":false,"answered":null,"asked":null}',7,0,NULL,1);
INSERT INTO "inbox_news" VALUES(7,2,0,1,1,0,0,1795438920000,1795438920000,NULL,NULL,'{"id":"t_110022003307","updated":1795438860.0,"platform":"messenger","name":null,"snippet":"anybody?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888217/?section=messages","wrote":1795438860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795438860.0,"at_least":false,"answered":null,"asked":null}',NULL,0,NULL,NULL);
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
INSERT INTO "inbox_room" VALUES(1,'#chat',NULL,0,NULL,NULL);
INSERT INTO "inbox_room" VALUES(2,'#room',NULL,0,NULL,NULL);
CREATE TABLE inbox_source (
	id INTEGER NOT NULL, 
	page TEXT NOT NULL, 
	platform TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	wanted BOOLEAN NOT NULL, 
	complete BOOLEAN NOT NULL, 
	begun BIGINT, 
	waits BIGINT, 
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
INSERT INTO "inbox_source" VALUES(1,'200300400','messenger','inbox',1,1,1795435800000,1795435800000,1795435320000,1795438860000,1787660220000,6,1795438920000,0,NULL,0,NULL,0,NULL,'ac4b9e0c6158',1795438992000);
INSERT INTO "inbox_source" VALUES(2,'200300400','messenger','spam',1,1,1795435800000,1795435800000,1795435320000,0,-7776000000,0,1795438920000,0,NULL,0,NULL,0,NULL,'ac4b9e0c6158',1795438992000);
CREATE TABLE inbox_wait (
	conversation INTEGER NOT NULL, 
	since BIGINT NOT NULL, 
	source SMALLINT NOT NULL, 
	wrote BIGINT NOT NULL, 
	at_least SMALLINT, 
	gone BIGINT, 
	body TEXT, 
	PRIMARY KEY (conversation, since)
)
 WITHOUT ROWID

;
INSERT INTO "inbox_wait" VALUES(1,1795435200000,1,1795435200000,NULL,NULL,'{"id":"t_110022003301","updated":1795435200.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages","wrote":1795435200.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435200.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO "inbox_wait" VALUES(4,1795435860000,1,1795435860000,NULL,NULL,'{"id":"t_110022003304","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO "inbox_wait" VALUES(5,1795435860000,1,1795435860000,NULL,NULL,'{"id":"t_110022003305","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO "inbox_wait" VALUES(6,1795437480000,1,1795437480000,NULL,NULL,'{"id":"t_110022003306","updated":1795437480.0,"platform":"messenger","name":null,"snippet":"are you there?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages","wrote":1795437480.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795437480.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO "inbox_wait" VALUES(7,1795438860000,1,1795438860000,NULL,NULL,'{"id":"t_110022003307","updated":1795438860.0,"platform":"messenger","name":null,"snippet":"anybody?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888217/?section=messages","wrote":1795438860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795438860.0,"at_least":false,"answered":null,"asked":null}');
CREATE TABLE inbox_watch (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room TEXT NOT NULL, 
	spec TEXT NOT NULL, 
	ops BOOLEAN NOT NULL, 
	made BIGINT, 
	ended BIGINT
);
INSERT INTO "inbox_watch" VALUES(1,'#room','{"version":1,"folder":"inbox","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit","written":"#room"}',1,1795435800000,NULL);
INSERT INTO "inbox_watch" VALUES(2,'#chat','{"version":1,"folder":"spam","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit"}',0,1795435800000,NULL);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source (page, platform, folder);
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation ("key");
CREATE INDEX inbox_news_queue ON inbox_news (announcement, room, found) WHERE due IS NOT NULL;
CREATE INDEX inbox_news_kept ON inbox_news (announcement) WHERE kept IS NOT NULL;
CREATE INDEX inbox_announcement_unsent ON inbox_announcement (id) WHERE state <> 'sent';
CREATE INDEX inbox_announcement_empty ON inbox_announcement (at) WHERE items = 0;
CREATE UNIQUE INDEX inbox_announcement_active ON inbox_announcement (room) WHERE state IN ('sending', 'doubt');
CREATE INDEX inbox_announcement_edit ON inbox_announcement (edit) WHERE edit IS NOT NULL;
CREATE INDEX inbox_wait_open ON inbox_wait (source, since) WHERE gone IS NULL;
CREATE UNIQUE INDEX inbox_act_mark ON inbox_act (kind, conversation) WHERE ended IS NULL AND kind < 3;
CREATE INDEX inbox_act_conversation ON inbox_act (conversation);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('inbox_watch',2);
INSERT INTO "sqlite_sequence" VALUES('inbox_announcement',8);
INSERT INTO "sqlite_sequence" VALUES('inbox_digest',1);
INSERT INTO "sqlite_sequence" VALUES('inbox_act',1);
COMMIT;
