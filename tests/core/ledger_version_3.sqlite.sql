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
INSERT INTO "inbox_announcement" VALUES(4,1,'sent',1795435347000,7,0,0,NULL,NULL,'receipt-4',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(5,2,'sent',1795435347000,7,0,0,NULL,NULL,'receipt-5',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(6,2,'sent',1800619417000,1,0,0,NULL,NULL,'receipt-6',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(7,1,'sent',1804075489000,2,0,0,NULL,NULL,'receipt-7',NULL,1804162038000);
INSERT INTO "inbox_announcement" VALUES(8,2,'sent',1804075489000,2,0,0,NULL,NULL,'receipt-8',NULL,NULL);
INSERT INTO "inbox_announcement" VALUES(9,1,'sent',1804161967000,8,0,0,NULL,NULL,'receipt-9',NULL,1804162038000);
INSERT INTO "inbox_announcement" VALUES(10,2,'sent',1804161967000,8,0,0,NULL,NULL,'receipt-10',NULL,NULL);
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
INSERT INTO "inbox_conversation" VALUES(7,9080046990747072816,'t_110022003307',1,1,0,1795435337000,1800619347000);
INSERT INTO "inbox_conversation" VALUES(8,5687970250975676064,'t_110022003308',1,1,0,1804075479000,1804161968000);
INSERT INTO "inbox_conversation" VALUES(9,7392453867955793638,'t_110022003309',1,1,0,1804075479000,1804075419000);
INSERT INTO "inbox_conversation" VALUES(10,4281571939930369475,'t_110022003310',1,1,0,1804161957000,1804161890000);
INSERT INTO "inbox_conversation" VALUES(11,4564117608285009007,'t_110022003311',1,1,0,1804161957000,1804161891000);
INSERT INTO "inbox_conversation" VALUES(12,8291736931810210821,'t_110022003312',1,1,0,1804161957000,1804161892000);
INSERT INTO "inbox_conversation" VALUES(13,5118976206180441851,'t_110022003313',1,1,0,1804161957000,1804161893000);
INSERT INTO "inbox_conversation" VALUES(14,3046187408028079625,'t_110022003314',1,1,0,1804161957000,1804161894000);
INSERT INTO "inbox_conversation" VALUES(15,5663807908791680596,'t_110022003315',1,1,0,1804161957000,1804161895000);
INSERT INTO "inbox_conversation" VALUES(16,7266651486553734580,'t_110022003316',1,1,0,1804161957000,1804161896000);
INSERT INTO "inbox_conversation" VALUES(17,5914661897739968331,'t_110022003317',1,1,0,1804161957000,1804161968000);
INSERT INTO "inbox_conversation" VALUES(18,4073101367921696033,'t_110022003318',2,2,0,1804162039000,1804161979000);
CREATE TABLE inbox_meta (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "inbox_meta" VALUES('version','3');
INSERT INTO "inbox_meta" VALUES('name','a46c0444');
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
	PRIMARY KEY (conversation, room, version)
)
 WITHOUT ROWID

;
INSERT INTO "inbox_news" VALUES(7,1,0,1,1,0,0,1795435337000,NULL,NULL,NULL,NULL,4,0,NULL);
INSERT INTO "inbox_news" VALUES(7,2,0,2,1,0,0,1795435337000,NULL,NULL,NULL,NULL,5,1,NULL);
INSERT INTO "inbox_news" VALUES(7,2,1800619347000,2,1,0,0,1800619407000,NULL,NULL,NULL,NULL,6,1,NULL);
INSERT INTO "inbox_news" VALUES(8,1,0,1,1,0,2,1804075479000,NULL,1800619407000,NULL,'{"id":"t_110022003308","updated":1804075418.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888248/?section=messages","wrote":1804075418.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',7,0,'{"id":"t_110022003308","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888248/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}');
INSERT INTO "inbox_news" VALUES(8,2,0,2,1,0,2,1804075479000,NULL,NULL,NULL,NULL,8,1,NULL);
INSERT INTO "inbox_news" VALUES(8,2,1804161968000,2,1,0,0,1804161968000,1804161968000,NULL,NULL,'{"id":"t_110022003308","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888248/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',NULL,1,NULL);
INSERT INTO "inbox_news" VALUES(9,1,0,1,1,0,2,1804075479000,NULL,1800619407000,NULL,'{"id":"t_110022003309","updated":1804075419.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888279/?section=messages","wrote":1804075419.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',7,0,NULL);
INSERT INTO "inbox_news" VALUES(9,2,0,2,1,0,2,1804075479000,NULL,NULL,NULL,NULL,8,1,NULL);
INSERT INTO "inbox_news" VALUES(10,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003310","updated":1804161890.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888310/?section=messages","wrote":1804161890.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,NULL);
INSERT INTO "inbox_news" VALUES(10,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(11,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003311","updated":1804161891.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888341/?section=messages","wrote":1804161891.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,NULL);
INSERT INTO "inbox_news" VALUES(11,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(12,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003312","updated":1804161892.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888372/?section=messages","wrote":1804161892.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,NULL);
INSERT INTO "inbox_news" VALUES(12,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(13,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003313","updated":1804161893.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888403/?section=messages","wrote":1804161893.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,NULL);
INSERT INTO "inbox_news" VALUES(13,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(14,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003314","updated":1804161894.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888434/?section=messages","wrote":1804161894.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,NULL);
INSERT INTO "inbox_news" VALUES(14,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(15,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003315","updated":1804161895.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888465/?section=messages","wrote":1804161895.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,NULL);
INSERT INTO "inbox_news" VALUES(15,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(16,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003316","updated":1804161896.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888496/?section=messages","wrote":1804161896.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,NULL);
INSERT INTO "inbox_news" VALUES(16,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(17,1,0,1,1,0,2,1804161957000,NULL,1804075479000,NULL,'{"id":"t_110022003317","updated":1804161897.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888527/?section=messages","wrote":1804161897.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',9,0,'{"id":"t_110022003317","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888527/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}');
INSERT INTO "inbox_news" VALUES(17,2,0,2,1,0,2,1804161957000,NULL,NULL,NULL,NULL,10,1,NULL);
INSERT INTO "inbox_news" VALUES(17,2,1804161968000,2,1,0,0,1804161968000,1804161968000,NULL,NULL,'{"id":"t_110022003317","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888527/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',NULL,1,NULL);
INSERT INTO "inbox_news" VALUES(18,3,0,3,2,0,0,1804162039000,1804162039000,NULL,NULL,'{"id":"t_110022003318","updated":1804161979.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888558/?section=messages","wrote":1804161979.0,"automatic":false,"said":null,"gone":false,"unreadable":false}',NULL,0,NULL);
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
INSERT INTO "inbox_room" VALUES(2,'#thread',1804161978000,1,1804161980000,'the chat can''t be reached');
INSERT INTO "inbox_room" VALUES(3,'#other',NULL,0,NULL,NULL);
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
INSERT INTO "inbox_source" VALUES(1,'200300400','messenger','inbox',1,1,1804158439000,1804161968000,1796385897000,11,1804162039000,0,NULL,0,NULL,0,NULL,'47ddfab6a9b2',1804162111000);
INSERT INTO "inbox_source" VALUES(2,'200300400','messenger','other',1,1,1804158439000,1804161979000,-7776000000,1,1804162039000,0,NULL,0,NULL,0,NULL,'47ddfab6a9b2',1804162111000);
CREATE TABLE inbox_watch (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	room TEXT NOT NULL, 
	spec TEXT NOT NULL, 
	ops BOOLEAN NOT NULL, 
	ended BIGINT
);
INSERT INTO "inbox_watch" VALUES(1,'#room','{"version":1,"folder":"inbox","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit","written":"#room"}',1,NULL);
INSERT INTO "inbox_watch" VALUES(2,'#thread','{"version":1,"folder":"inbox","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"thread","written":"#thread"}',1,NULL);
INSERT INTO "inbox_watch" VALUES(3,'#other','{"version":1,"folder":"other","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit","written":"#other"}',1,NULL);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source (page, platform, folder);
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation ("key");
CREATE INDEX inbox_news_queue ON inbox_news (room, announcement, found) WHERE due IS NOT NULL;
CREATE INDEX inbox_announcement_edit ON inbox_announcement (edit) WHERE edit IS NOT NULL;
CREATE UNIQUE INDEX inbox_announcement_active ON inbox_announcement (room) WHERE state IN ('sending', 'doubt');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('inbox_watch',3);
INSERT INTO "sqlite_sequence" VALUES('inbox_announcement',11);
COMMIT;
