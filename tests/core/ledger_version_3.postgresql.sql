-- A ledger of version 3 as a bot of that version left it on PostgreSQL: two announcements that are to be edited, one that
-- told of seven conversations of which six were forgotten since, and what waits for a thread and a room.
CREATE TABLE inbox_announcement (
    id integer NOT NULL,
    room integer NOT NULL,
    state text NOT NULL,
    at bigint NOT NULL,
    items integer NOT NULL,
    tries integer NOT NULL,
    repeat smallint NOT NULL,
    session text,
    until bigint,
    receipt text,
    error text,
    edit bigint
);
CREATE SEQUENCE inbox_announcement_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_announcement_id_seq OWNED BY inbox_announcement.id;
CREATE TABLE inbox_conversation (
    id integer NOT NULL,
    key bigint NOT NULL,
    graph_id text NOT NULL,
    source smallint NOT NULL,
    folders smallint NOT NULL,
    quiet smallint NOT NULL,
    seen bigint NOT NULL,
    updated bigint NOT NULL
);
CREATE SEQUENCE inbox_conversation_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_conversation_id_seq OWNED BY inbox_conversation.id;
CREATE TABLE inbox_meta (
    name text NOT NULL,
    value text NOT NULL
);
CREATE TABLE inbox_mute (
    id integer NOT NULL,
    room text NOT NULL,
    watch integer,
    conversation integer,
    until bigint NOT NULL
);
CREATE SEQUENCE inbox_mute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_mute_id_seq OWNED BY inbox_mute.id;
CREATE TABLE inbox_news (
    conversation integer NOT NULL,
    room integer NOT NULL,
    version bigint NOT NULL,
    watch integer NOT NULL,
    source smallint NOT NULL,
    verdict smallint NOT NULL,
    occasion smallint NOT NULL,
    found bigint NOT NULL,
    due bigint,
    since bigint,
    detail text,
    body text,
    announcement integer,
    later smallint,
    latest text
);
CREATE TABLE inbox_notice (
    id integer NOT NULL,
    room integer NOT NULL,
    found bigint NOT NULL,
    due bigint,
    body text NOT NULL,
    announcement integer
);
CREATE SEQUENCE inbox_notice_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_notice_id_seq OWNED BY inbox_notice.id;
CREATE TABLE inbox_room (
    id integer NOT NULL,
    name text NOT NULL,
    failing bigint,
    failures integer NOT NULL,
    retry bigint,
    error text
);
CREATE SEQUENCE inbox_room_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_room_id_seq OWNED BY inbox_room.id;
CREATE TABLE inbox_source (
    id integer NOT NULL,
    page text NOT NULL,
    platform text NOT NULL,
    folder text NOT NULL,
    wanted boolean NOT NULL,
    complete boolean NOT NULL,
    quiet_until bigint,
    reached bigint,
    forgotten bigint,
    known integer NOT NULL,
    looked bigint,
    disordered boolean NOT NULL,
    failing bigint,
    failures integer NOT NULL,
    trouble text,
    told boolean NOT NULL,
    kinds text,
    lease text,
    lease_until bigint
);
CREATE SEQUENCE inbox_source_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_source_id_seq OWNED BY inbox_source.id;
CREATE TABLE inbox_watch (
    id integer NOT NULL,
    room text NOT NULL,
    spec text NOT NULL,
    ops boolean NOT NULL,
    ended bigint
);
CREATE SEQUENCE inbox_watch_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_watch_id_seq OWNED BY inbox_watch.id;
ALTER TABLE ONLY inbox_announcement ALTER COLUMN id SET DEFAULT nextval('inbox_announcement_id_seq'::regclass);
ALTER TABLE ONLY inbox_conversation ALTER COLUMN id SET DEFAULT nextval('inbox_conversation_id_seq'::regclass);
ALTER TABLE ONLY inbox_mute ALTER COLUMN id SET DEFAULT nextval('inbox_mute_id_seq'::regclass);
ALTER TABLE ONLY inbox_notice ALTER COLUMN id SET DEFAULT nextval('inbox_notice_id_seq'::regclass);
ALTER TABLE ONLY inbox_room ALTER COLUMN id SET DEFAULT nextval('inbox_room_id_seq'::regclass);
ALTER TABLE ONLY inbox_source ALTER COLUMN id SET DEFAULT nextval('inbox_source_id_seq'::regclass);
ALTER TABLE ONLY inbox_watch ALTER COLUMN id SET DEFAULT nextval('inbox_watch_id_seq'::regclass);
INSERT INTO inbox_announcement VALUES (4, 1, 'sent', 1795435347000, 7, 0, 0, NULL, NULL, 'receipt-4', NULL, NULL);
INSERT INTO inbox_announcement VALUES (5, 2, 'sent', 1795435347000, 7, 0, 0, NULL, NULL, 'receipt-5', NULL, NULL);
INSERT INTO inbox_announcement VALUES (6, 2, 'sent', 1800619417000, 1, 0, 0, NULL, NULL, 'receipt-6', NULL, NULL);
INSERT INTO inbox_announcement VALUES (8, 2, 'sent', 1804075489000, 2, 0, 0, NULL, NULL, 'receipt-8', NULL, NULL);
INSERT INTO inbox_announcement VALUES (10, 2, 'sent', 1804161967000, 8, 0, 0, NULL, NULL, 'receipt-10', NULL, NULL);
INSERT INTO inbox_announcement VALUES (7, 1, 'sent', 1804075489000, 2, 0, 0, NULL, NULL, 'receipt-7', NULL, 1804162038000);
INSERT INTO inbox_announcement VALUES (9, 1, 'sent', 1804161967000, 8, 0, 0, NULL, NULL, 'receipt-9', NULL, 1804162038000);
INSERT INTO inbox_conversation VALUES (7, 9080046990747072816, 't_110022003307', 1, 1, 0, 1795435337000, 1800619347000);
INSERT INTO inbox_conversation VALUES (10, 7392453867955793638, 't_110022003309', 1, 1, 0, 1804075479000, 1804075419000);
INSERT INTO inbox_conversation VALUES (11, 4281571939930369475, 't_110022003310', 1, 1, 0, 1804161957000, 1804161890000);
INSERT INTO inbox_conversation VALUES (12, 4564117608285009007, 't_110022003311', 1, 1, 0, 1804161957000, 1804161891000);
INSERT INTO inbox_conversation VALUES (13, 8291736931810210821, 't_110022003312', 1, 1, 0, 1804161957000, 1804161892000);
INSERT INTO inbox_conversation VALUES (14, 5118976206180441851, 't_110022003313', 1, 1, 0, 1804161957000, 1804161893000);
INSERT INTO inbox_conversation VALUES (15, 3046187408028079625, 't_110022003314', 1, 1, 0, 1804161957000, 1804161894000);
INSERT INTO inbox_conversation VALUES (16, 5663807908791680596, 't_110022003315', 1, 1, 0, 1804161957000, 1804161895000);
INSERT INTO inbox_conversation VALUES (17, 7266651486553734580, 't_110022003316', 1, 1, 0, 1804161957000, 1804161896000);
INSERT INTO inbox_conversation VALUES (9, 5687970250975676064, 't_110022003308', 1, 1, 0, 1804075479000, 1804161968000);
INSERT INTO inbox_conversation VALUES (18, 5914661897739968331, 't_110022003317', 1, 1, 0, 1804161957000, 1804161968000);
INSERT INTO inbox_conversation VALUES (21, 4073101367921696033, 't_110022003318', 2, 2, 0, 1804162039000, 1804161979000);
INSERT INTO inbox_meta VALUES ('version', '3');
INSERT INTO inbox_meta VALUES ('name', '773646f3');
INSERT INTO inbox_news VALUES (7, 1, 0, 1, 1, 0, 0, 1795435337000, NULL, NULL, NULL, NULL, 4, 0, NULL);
INSERT INTO inbox_news VALUES (7, 2, 0, 2, 1, 0, 0, 1795435337000, NULL, NULL, NULL, NULL, 5, 1, NULL);
INSERT INTO inbox_news VALUES (9, 2, 0, 2, 1, 0, 2, 1804075479000, NULL, NULL, NULL, NULL, 8, 1, NULL);
INSERT INTO inbox_news VALUES (10, 2, 0, 2, 1, 0, 2, 1804075479000, NULL, NULL, NULL, NULL, 8, 1, NULL);
INSERT INTO inbox_news VALUES (10, 1, 0, 1, 1, 0, 2, 1804075479000, NULL, 1800619407000, NULL, '{"id":"t_110022003309","updated":1804075419.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888279/?section=messages","wrote":1804075419.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 7, 0, NULL);
INSERT INTO inbox_news VALUES (11, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003310","updated":1804161890.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888310/?section=messages","wrote":1804161890.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, NULL);
INSERT INTO inbox_news VALUES (12, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003311","updated":1804161891.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888341/?section=messages","wrote":1804161891.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, NULL);
INSERT INTO inbox_news VALUES (13, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003312","updated":1804161892.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888372/?section=messages","wrote":1804161892.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, NULL);
INSERT INTO inbox_news VALUES (14, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003313","updated":1804161893.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888403/?section=messages","wrote":1804161893.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, NULL);
INSERT INTO inbox_news VALUES (15, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003314","updated":1804161894.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888434/?section=messages","wrote":1804161894.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, NULL);
INSERT INTO inbox_news VALUES (16, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003315","updated":1804161895.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888465/?section=messages","wrote":1804161895.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, NULL);
INSERT INTO inbox_news VALUES (11, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (12, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (13, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (14, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (15, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (9, 1, 0, 1, 1, 0, 2, 1804075479000, NULL, 1800619407000, NULL, '{"id":"t_110022003308","updated":1804075418.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888248/?section=messages","wrote":1804075418.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 7, 0, '{"id":"t_110022003308","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888248/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}');
INSERT INTO inbox_news VALUES (7, 2, 1800619347000, 2, 1, 0, 0, 1800619407000, NULL, NULL, NULL, NULL, 6, 1, NULL);
INSERT INTO inbox_news VALUES (21, 3, 0, 3, 2, 0, 0, 1804162039000, 1804162039000, NULL, NULL, '{"id":"t_110022003318","updated":1804161979.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888558/?section=messages","wrote":1804161979.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (17, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003316","updated":1804161896.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888496/?section=messages","wrote":1804161896.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, NULL);
INSERT INTO inbox_news VALUES (16, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (17, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (18, 2, 0, 2, 1, 0, 2, 1804161957000, NULL, NULL, NULL, NULL, 10, 1, NULL);
INSERT INTO inbox_news VALUES (18, 1, 0, 1, 1, 0, 2, 1804161957000, NULL, 1804075479000, NULL, '{"id":"t_110022003317","updated":1804161897.0,"platform":"messenger","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888527/?section=messages","wrote":1804161897.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', 9, 0, '{"id":"t_110022003317","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888527/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}');
INSERT INTO inbox_news VALUES (18, 2, 1804161968000, 2, 1, 0, 0, 1804161968000, 1804161968000, NULL, NULL, '{"id":"t_110022003317","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888527/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', NULL, 1, NULL);
INSERT INTO inbox_news VALUES (9, 2, 1804161968000, 2, 1, 0, 0, 1804161968000, 1804161968000, NULL, NULL, '{"id":"t_110022003308","updated":1804161968.0,"platform":"messenger","name":null,"snippet":"one more thing","unread":2,"message_count":2,"waiting":true,"meta_link":"/200300400/inbox/777888248/?section=messages","wrote":1804161968.0,"automatic":false,"said":null,"gone":false,"unreadable":false}', NULL, 1, NULL);
INSERT INTO inbox_room VALUES (1, '#room', NULL, 0, NULL, NULL);
INSERT INTO inbox_room VALUES (3, '#other', NULL, 0, NULL, NULL);
INSERT INTO inbox_room VALUES (2, '#thread', 1804161978000, 1, 1804161980000, 'the chat can''t be reached');
INSERT INTO inbox_source VALUES (1, '200300400', 'messenger', 'inbox', true, true, 1804158439000, 1804161968000, 1796385897000, 11, 1804162039000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_source VALUES (2, '200300400', 'messenger', 'other', true, true, 1804158439000, 1804161979000, -7776000000, 1, 1804162039000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_watch VALUES (1, '#room', '{"version":1,"folder":"inbox","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit","written":"#room"}', true, NULL);
INSERT INTO inbox_watch VALUES (2, '#thread', '{"version":1,"folder":"inbox","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"thread","written":"#thread"}', true, NULL);
INSERT INTO inbox_watch VALUES (3, '#other', '{"version":1,"folder":"other","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit","written":"#other"}', true, NULL);
SELECT pg_catalog.setval('inbox_announcement_id_seq', 11, true);
SELECT pg_catalog.setval('inbox_conversation_id_seq', 21, true);
SELECT pg_catalog.setval('inbox_mute_id_seq', 1, false);
SELECT pg_catalog.setval('inbox_notice_id_seq', 3, true);
SELECT pg_catalog.setval('inbox_room_id_seq', 10, true);
SELECT pg_catalog.setval('inbox_source_id_seq', 2, true);
SELECT pg_catalog.setval('inbox_watch_id_seq', 3, true);
ALTER TABLE ONLY inbox_announcement
    ADD CONSTRAINT inbox_announcement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_conversation
    ADD CONSTRAINT inbox_conversation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_meta
    ADD CONSTRAINT inbox_meta_pkey PRIMARY KEY (name);
ALTER TABLE ONLY inbox_mute
    ADD CONSTRAINT inbox_mute_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_news
    ADD CONSTRAINT inbox_news_pkey PRIMARY KEY (conversation, room, version);
ALTER TABLE ONLY inbox_notice
    ADD CONSTRAINT inbox_notice_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_room
    ADD CONSTRAINT inbox_room_name_key UNIQUE (name);
ALTER TABLE ONLY inbox_room
    ADD CONSTRAINT inbox_room_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_source
    ADD CONSTRAINT inbox_source_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_watch
    ADD CONSTRAINT inbox_watch_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX inbox_announcement_active ON inbox_announcement USING btree (room) WHERE (state = ANY (ARRAY['sending'::text, 'doubt'::text]));
CREATE INDEX inbox_announcement_edit ON inbox_announcement USING btree (edit) WHERE (edit IS NOT NULL);
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation USING btree (key);
CREATE INDEX inbox_news_queue ON inbox_news USING btree (room, announcement, found) WHERE (due IS NOT NULL);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source USING btree (page, platform, folder);
