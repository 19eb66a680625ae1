-- The same on SQLite.
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
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
	error TEXT, 
	edit BIGINT
);
INSERT INTO "inbox_announcement" VALUES(1,1,'sent',1795435210000,0,1,0,0,NULL,NULL,'receipt-1',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(2,2,'sent',1795435210000,0,1,0,0,NULL,NULL,'receipt-2',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(3,4,'sent',1795435210000,0,1,0,0,NULL,NULL,'receipt-3',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(4,5,'sent',1795435210000,0,1,0,0,NULL,NULL,'receipt-4',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(5,6,'sent',1795435210000,0,1,0,0,NULL,NULL,'receipt-5',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(6,7,'sent',1795435210000,0,1,0,0,NULL,NULL,'receipt-6',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(7,2,'sent',1795435272000,1,1,0,0,NULL,NULL,'receipt-7',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(8,2,'sent',1795435272000,1,1,0,0,NULL,NULL,'receipt-8',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(9,4,'sent',1795435272000,1,1,0,0,NULL,NULL,'receipt-9',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(10,4,'sent',1795435272000,1,1,0,0,NULL,NULL,'receipt-10',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(11,5,'sent',1795435272000,1,1,0,0,NULL,NULL,'receipt-11',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(12,5,'sent',1795435272000,1,1,0,0,NULL,NULL,'receipt-12',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(13,5,'given up',1795437499000,1,8,8,1,NULL,NULL,NULL,'the connection broke',NULL);
INSERT INTO "inbox_announcement" VALUES(14,1,'given up',1795437499000,1,8,8,1,NULL,NULL,NULL,'the connection broke',NULL);
INSERT INTO "inbox_announcement" VALUES(15,2,'given up',1795437499000,1,8,8,1,NULL,NULL,NULL,'the connection broke',NULL);
INSERT INTO "inbox_announcement" VALUES(16,6,'doubt',1795439184000,0,1,1,0,NULL,NULL,NULL,'the connection broke',NULL);
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
INSERT INTO "inbox_conversation" VALUES(1,5004452791785597139,'t_110022003301',2,1,0,1795435272000,1795435272000);
INSERT INTO "inbox_conversation" VALUES(2,2776991248121932110,'t_110022003302',2,1,0,1795435272000,1795435212000);
INSERT INTO "inbox_conversation" VALUES(3,8195553026380557177,'t_110022003303',1,2,0,1795435392000,1795435332000);
INSERT INTO "inbox_conversation" VALUES(4,8661908077794696319,'t_110022003304',2,1,0,1795438584000,1795438522000);
INSERT INTO "inbox_conversation" VALUES(5,3769398859443305437,'t_110022003305',2,1,0,1795438584000,1795438523000);
INSERT INTO "inbox_conversation" VALUES(6,3518777305020685097,'t_110022003306',2,1,0,1795438584000,1795438524000);
CREATE TABLE inbox_meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "inbox_meta" VALUES('version','2');
INSERT INTO "inbox_meta" VALUES('name','53c99207');
CREATE TABLE inbox_mute (
	id INTEGER NOT NULL, 
	room TEXT NOT NULL, 
	watch INTEGER, 
	conversation INTEGER, 
	until BIGINT NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "inbox_mute" VALUES(1,'#chat',7,NULL,1798027332000);
INSERT INTO "inbox_mute" VALUES(2,'#ops',4,NULL,1798200132000);
INSERT INTO "inbox_mute" VALUES(3,'#room',NULL,2,1798286532000);
INSERT INTO "inbox_mute" VALUES(4,'#chat',18,NULL,1798376784000);
INSERT INTO "inbox_mute" VALUES(5,'#chat',19,NULL,1798463184000);
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
	PRIMARY KEY (conversation, room, version)
)
 WITHOUT ROWID

;
INSERT INTO "inbox_news" VALUES(1,2,0,7,2,0,0,1795435272000,NULL,NULL,NULL,'{"id":"t_110022003301","updated":1795435211.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages"}',7,0,'{"id":"t_110022003301","updated":1795435272.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"yes","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888031/?section=messages"}');
INSERT INTO "inbox_news" VALUES(1,3,0,2,2,1,1,1795435272000,1795453200000,1795433400000,NULL,'{"id":"t_110022003301","updated":1795435211.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages"}',NULL,0,'{"id":"t_110022003301","updated":1795435272.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"yes","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888031/?section=messages"}');
INSERT INTO "inbox_news" VALUES(1,4,0,4,2,0,0,1795435272000,NULL,NULL,NULL,'{"id":"t_110022003301","updated":1795435211.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages"}',9,0,'{"id":"t_110022003301","updated":1795435272.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"yes","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888031/?section=messages"}');
INSERT INTO "inbox_news" VALUES(1,5,0,5,2,0,0,1795435272000,NULL,NULL,NULL,NULL,11,1,NULL);
INSERT INTO "inbox_news" VALUES(1,5,1795435272000,5,2,0,0,1795435332000,NULL,NULL,NULL,NULL,13,1,NULL);
INSERT INTO "inbox_news" VALUES(2,2,0,7,2,0,0,1795435272000,NULL,NULL,NULL,'{"id":"t_110022003302","updated":1795435212.0,"platform":"messenger","person_id":"5550010000000002","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages"}',8,0,NULL);
INSERT INTO "inbox_news" VALUES(2,3,0,2,2,1,1,1795435272000,1795453200000,1795433400000,NULL,'{"id":"t_110022003302","updated":1795435212.0,"platform":"messenger","person_id":"5550010000000002","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages"}',NULL,0,NULL);
INSERT INTO "inbox_news" VALUES(2,4,0,4,2,0,0,1795435272000,NULL,NULL,NULL,'{"id":"t_110022003302","updated":1795435212.0,"platform":"messenger","person_id":"5550010000000002","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages"}',10,0,NULL);
INSERT INTO "inbox_news" VALUES(2,5,0,5,2,0,0,1795435272000,NULL,NULL,NULL,NULL,12,1,NULL);
INSERT INTO "inbox_news" VALUES(3,1,0,1,1,0,0,1795435392000,NULL,NULL,NULL,NULL,14,0,NULL);
INSERT INTO "inbox_news" VALUES(3,2,0,15,1,0,0,1795435392000,NULL,NULL,NULL,NULL,15,0,NULL);
INSERT INTO "inbox_news" VALUES(4,2,0,12,2,0,0,1795438584000,1795438584000,NULL,'initials','{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}',NULL,NULL,NULL);
INSERT INTO "inbox_news" VALUES(4,3,0,2,2,1,1,1795438584000,1795453200000,1795433400000,NULL,'{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}',NULL,0,NULL);
INSERT INTO "inbox_news" VALUES(4,4,0,4,2,0,0,1795438584000,1795438584000,NULL,NULL,'{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}',NULL,0,NULL);
INSERT INTO "inbox_news" VALUES(4,5,0,5,2,0,0,1795438584000,1795438584000,NULL,NULL,'{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}',NULL,1,NULL);
INSERT INTO "inbox_news" VALUES(5,2,0,12,2,0,0,1795438584000,1795438584000,NULL,'initials','{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}',NULL,NULL,NULL);
INSERT INTO "inbox_news" VALUES(5,3,0,2,2,1,1,1795438584000,1795453200000,1795433400000,NULL,'{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}',NULL,0,NULL);
INSERT INTO "inbox_news" VALUES(5,4,0,4,2,0,0,1795438584000,1795438584000,NULL,NULL,'{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}',NULL,0,NULL);
INSERT INTO "inbox_news" VALUES(5,5,0,5,2,0,0,1795438584000,1795438584000,NULL,NULL,'{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}',NULL,1,NULL);
INSERT INTO "inbox_news" VALUES(6,2,0,12,2,0,0,1795438584000,1795438584000,NULL,'initials','{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}',NULL,NULL,NULL);
INSERT INTO "inbox_news" VALUES(6,3,0,2,2,1,1,1795438584000,1795453200000,1795433400000,NULL,'{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}',NULL,0,NULL);
INSERT INTO "inbox_news" VALUES(6,4,0,4,2,0,0,1795438584000,1795438584000,NULL,NULL,'{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}',NULL,0,NULL);
INSERT INTO "inbox_news" VALUES(6,5,0,5,2,0,0,1795438584000,1795438584000,NULL,NULL,'{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}',NULL,1,NULL);
CREATE TABLE inbox_notice (
	id INTEGER NOT NULL, 
	room INTEGER NOT NULL, 
	found BIGINT NOT NULL, 
	due BIGINT, 
	body TEXT NOT NULL, 
	announcement INTEGER, 
	PRIMARY KEY (id)
);
INSERT INTO "inbox_notice" VALUES(3,3,1795435200000,1795453205000,'{"kind":"learned","sources":[["acme","messenger","inbox"]],"count":0,"since":null,"trouble":null}',NULL);
INSERT INTO "inbox_notice" VALUES(4,6,1795438461000,1795438461000,'{"kind":"trouble","sources":[["globex","messenger","page_done"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"TokenDead\",\"detail\":\"\",\"code\":190,\"subcode\":463,\"retry_after\":0.0,\"field\":null}"}',16);
INSERT INTO "inbox_notice" VALUES(5,2,1795438461000,1795438461000,'{"kind":"trouble","sources":[["globex","instagram","inbox"],["globex","messenger","inbox"],["globex","messenger","spam"],["globex","instagram","spam"],["globex","messenger","other"],["globex","instagram","other"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"TokenDead\",\"detail\":\"\",\"code\":190,\"subcode\":463,\"retry_after\":0.0,\"field\":null}"}',NULL);
INSERT INTO "inbox_notice" VALUES(6,7,1795438461000,1795438461000,'{"kind":"trouble","sources":[["globex","messenger","inbox"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"TokenDead\",\"detail\":\"\",\"code\":190,\"subcode\":463,\"retry_after\":0.0,\"field\":null}"}',NULL);
INSERT INTO "inbox_notice" VALUES(7,2,1795438461000,1795438461000,'{"kind":"trouble","sources":[["acme","instagram","spam"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"PermissionMissing\",\"detail\":\"\",\"code\":10,\"subcode\":null,\"retry_after\":0.0,\"field\":null}"}',NULL);
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
INSERT INTO "inbox_room" VALUES(1,'#lossy',1795435392000,8,1795437755000,'the connection broke');
INSERT INTO "inbox_room" VALUES(2,'#chat',1795435392000,9,1795439484000,'the chat can''t be reached');
INSERT INTO "inbox_room" VALUES(3,'#night',NULL,0,NULL,NULL);
INSERT INTO "inbox_room" VALUES(4,'#room',1795439184000,1,1795439186000,'the chat can''t be reached');
INSERT INTO "inbox_room" VALUES(5,'#thread',1795435392000,9,1795439484000,'the chat can''t be reached');
INSERT INTO "inbox_room" VALUES(6,'#ops',1795439184000,1,1795439186000,'the connection broke');
INSERT INTO "inbox_room" VALUES(7,'#globex',1795439184000,1,1795439186000,'the chat can''t be reached');
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
INSERT INTO "inbox_source" VALUES(1,'200300400','messenger','other',1,1,0,1795435332000,0,1,1795438584000,0,NULL,0,NULL,0,NULL,'f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(2,'200300400','messenger','inbox',1,1,0,1795438524000,0,5,1795438584000,0,NULL,0,NULL,0,NULL,'f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(3,'200300400','messenger','page_done',1,1,0,0,0,0,1795438584000,0,NULL,0,NULL,0,NULL,'f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(4,'200300401','messenger','page_done',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}',1,'TokenDead','f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(5,'200300400','instagram','spam',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"PermissionMissing","detail":"","code":10,"subcode":null,"retry_after":0.0,"field":null}',1,'PermissionMissing','f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(6,'200300400','instagram','inbox',1,1,0,0,0,0,1795438584000,0,NULL,0,NULL,0,NULL,'f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(7,'200300401','instagram','inbox',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}',1,'TokenDead','f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(8,'200300401','messenger','inbox',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}',1,'TokenDead','f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(9,'200300400','messenger','spam',1,1,0,0,0,0,1795438584000,0,NULL,0,NULL,0,NULL,'f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(10,'200300401','messenger','spam',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}',1,'TokenDead','f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(11,'200300401','instagram','spam',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}',1,'TokenDead','f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(12,'200300400','instagram','other',1,1,0,0,0,0,1795438584000,0,NULL,0,NULL,0,NULL,'f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(13,'200300401','messenger','other',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}',1,'TokenDead','f1fa32fecbc3',1795438656000);
INSERT INTO "inbox_source" VALUES(14,'200300401','instagram','other',1,1,0,0,0,0,1795435392000,0,1795438161000,8,'{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}',1,'TokenDead','f1fa32fecbc3',1795438656000);
CREATE TABLE inbox_watch (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room TEXT NOT NULL, 
	wish TEXT NOT NULL, 
	ops BOOLEAN NOT NULL, 
	made BIGINT NOT NULL, 
	ended BIGINT
);
INSERT INTO "inbox_watch" VALUES(1,'#lossy','other messenger acme',1,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(2,'#night','inbox messenger acme quiet 12:30-18:00 Europe/Rome',1,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(3,'#ops','done messenger as count',1,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(4,'#room','inbox messenger acme',1,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(5,'#thread','inbox messenger acme later thread',1,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(6,'#chat','spam instagram acme',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(7,'#chat','inbox messenger acme unread',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(8,'#chat','inbox messenger acme from @ann.example',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(9,'#chat','inbox instagram from @"ann example"',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(10,'#chat','inbox text "money back"',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(11,'#chat','spam every message',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(12,'#chat','inbox acme as initials later nothing',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(13,'#chat','inbox messenger acme quiet 22:00-08:00 America/New_York as snippet',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(14,'#chat','done messenger acme as name later thread',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(15,'#chat','other',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(16,'#globex','inbox messenger globex',0,1795435200000,NULL);
INSERT INTO "inbox_watch" VALUES(17,'#globex','spam',0,1795435200000,1795435200000);
INSERT INTO "inbox_watch" VALUES(18,'#chat','inbox quiet 22:00-08:00 Mars/Olympus',0,1795435203000,NULL);
INSERT INTO "inbox_watch" VALUES(19,'#chat','inbox, whatever comes from beyond',0,1795435203000,NULL);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source (page, platform, folder);
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation ("key");
CREATE INDEX inbox_news_queue ON inbox_news (room, announcement, found) WHERE due IS NOT NULL;
CREATE INDEX inbox_announcement_edit ON inbox_announcement (edit) WHERE edit IS NOT NULL;
CREATE UNIQUE INDEX inbox_announcement_active ON inbox_announcement (room) WHERE state IN ('sending', 'doubt');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('inbox_watch',19);
INSERT INTO "sqlite_sequence" VALUES('inbox_announcement',20);
COMMIT;
