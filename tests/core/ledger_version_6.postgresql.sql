-- A ledger of version 6 as a bot of that version left it on PostgreSQL: one who waits since before anybody watched; of
-- four who came then one was answered, one was erased and Sam has claimed one; one who came while nobody looked for 25
-- minutes, and one whom #room has yet to hear of. #chat has had its digest of 13:00.
CREATE TABLE inbox_act (
    id integer NOT NULL,
    conversation integer NOT NULL,
    kind smallint NOT NULL,
    who text NOT NULL,
    name text NOT NULL,
    room text NOT NULL,
    at bigint NOT NULL,
    until bigint,
    giver text,
    words text,
    body text,
    ended bigint,
    ending smallint,
    ender text
);
CREATE SEQUENCE inbox_act_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_act_id_seq OWNED BY inbox_act.id;
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
    edit bigint,
    erased integer
);
CREATE SEQUENCE inbox_announcement_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_announcement_id_seq OWNED BY inbox_announcement.id;
CREATE TABLE inbox_answer (
    conversation integer NOT NULL,
    since bigint NOT NULL,
    source smallint NOT NULL,
    took integer NOT NULL,
    opened integer,
    wrote integer NOT NULL,
    at_least smallint
);
CREATE TABLE inbox_arrival (
    source smallint NOT NULL,
    quarter integer NOT NULL,
    many integer NOT NULL
);
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
CREATE TABLE inbox_digest (
    id integer NOT NULL,
    room text NOT NULL,
    spec text NOT NULL,
    made bigint NOT NULL,
    due bigint NOT NULL,
    told bigint,
    ended bigint
);
CREATE SEQUENCE inbox_digest_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE inbox_digest_id_seq OWNED BY inbox_digest.id;
CREATE TABLE inbox_forgotten (
    key bigint NOT NULL,
    at bigint NOT NULL
);
CREATE TABLE inbox_gap (
    source smallint NOT NULL,
    begun bigint NOT NULL,
    ended bigint NOT NULL
);
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
    latest text,
    kept smallint
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
    begun bigint,
    waits bigint,
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
CREATE TABLE inbox_wait (
    conversation integer NOT NULL,
    since bigint NOT NULL,
    source smallint NOT NULL,
    wrote bigint NOT NULL,
    at_least smallint,
    gone bigint,
    body text
);
CREATE TABLE inbox_watch (
    id integer NOT NULL,
    room text NOT NULL,
    spec text NOT NULL,
    ops boolean NOT NULL,
    made bigint,
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
ALTER TABLE ONLY inbox_act ALTER COLUMN id SET DEFAULT nextval('inbox_act_id_seq'::regclass);
ALTER TABLE ONLY inbox_announcement ALTER COLUMN id SET DEFAULT nextval('inbox_announcement_id_seq'::regclass);
ALTER TABLE ONLY inbox_conversation ALTER COLUMN id SET DEFAULT nextval('inbox_conversation_id_seq'::regclass);
ALTER TABLE ONLY inbox_digest ALTER COLUMN id SET DEFAULT nextval('inbox_digest_id_seq'::regclass);
ALTER TABLE ONLY inbox_mute ALTER COLUMN id SET DEFAULT nextval('inbox_mute_id_seq'::regclass);
ALTER TABLE ONLY inbox_notice ALTER COLUMN id SET DEFAULT nextval('inbox_notice_id_seq'::regclass);
ALTER TABLE ONLY inbox_room ALTER COLUMN id SET DEFAULT nextval('inbox_room_id_seq'::regclass);
ALTER TABLE ONLY inbox_source ALTER COLUMN id SET DEFAULT nextval('inbox_source_id_seq'::regclass);
ALTER TABLE ONLY inbox_watch ALTER COLUMN id SET DEFAULT nextval('inbox_watch_id_seq'::regclass);
INSERT INTO inbox_act VALUES (1, 4, 0, '@sam', 'Sam', '#room', 1795435920000, 1795450320000, NULL, NULL, '{"id":"t_110022003304","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}', NULL, NULL, NULL);
INSERT INTO inbox_announcement VALUES (7, 2, 'sent', 1795437786000, 1, 0, 0, NULL, NULL, 'receipt-6', NULL, NULL, NULL);
INSERT INTO inbox_announcement VALUES (2, 2, 'sent', 1795435806000, 0, 0, 0, NULL, NULL, 'receipt-1', NULL, NULL, NULL);
INSERT INTO inbox_announcement VALUES (8, 1, 'sent', 1795438800000, 0, 0, 0, NULL, NULL, 'receipt-7', NULL, NULL, NULL);
INSERT INTO inbox_announcement VALUES (6, 2, 'sent', 1795435920000, 1, 0, 0, NULL, NULL, 'receipt-5', NULL, NULL, NULL);
INSERT INTO inbox_announcement VALUES (5, 2, 'sent', 1795435920000, 1, 0, 0, NULL, NULL, 'receipt-4', NULL, NULL, NULL);
INSERT INTO inbox_announcement VALUES (3, 2, 'sent', 1795435920000, 1, 0, 0, NULL, NULL, 'receipt-2', NULL, NULL, NULL);
INSERT INTO inbox_announcement VALUES (4, 2, 'sent', 1795435920000, 0, 0, 0, NULL, NULL, 'receipt-3', NULL, NULL, 1);
INSERT INTO inbox_answer VALUES (2, 1795435860000, 1, 360, NULL, 0, NULL);
INSERT INTO inbox_arrival VALUES (1, 1994928, 4);
INSERT INTO inbox_arrival VALUES (1, 1994930, 1);
INSERT INTO inbox_arrival VALUES (1, 1994932, 1);
INSERT INTO inbox_conversation VALUES (1, 5004452791785597139, 't_110022003301', 1, 1, 1, 1795435800000, 1795435200000);
INSERT INTO inbox_conversation VALUES (7, 3518777305020685097, 't_110022003306', 1, 1, 0, 1795437780000, 1795437480000);
INSERT INTO inbox_conversation VALUES (4, 8661908077794696319, 't_110022003304', 1, 1, 0, 1795435920000, 1795435860000);
INSERT INTO inbox_conversation VALUES (5, 3769398859443305437, 't_110022003305', 1, 1, 0, 1795435920000, 1795435860000);
INSERT INTO inbox_conversation VALUES (2, 2776991248121932110, 't_110022003302', 1, 1, 0, 1795435920000, 1795436220000);
INSERT INTO inbox_conversation VALUES (8, 9080046990747072816, 't_110022003307', 1, 1, 0, 1795438920000, 1795438860000);
INSERT INTO inbox_digest VALUES (1, '#chat', '{"version":1,"at":"13:00:00","zone":"UTC","days":[0,1,2,3,4,5,6],"folder":"inbox","platform":"messenger"}', 1795435800000, 1795525200000, 1795438800000, NULL);
INSERT INTO inbox_forgotten VALUES (8195553026380557177, 1795435860000);
INSERT INTO inbox_gap VALUES (2, 0, 1795435800000);
INSERT INTO inbox_gap VALUES (1, 0, 1795435800000);
INSERT INTO inbox_gap VALUES (1, 1795436280000, 1795437780000);
INSERT INTO inbox_gap VALUES (2, 1795436280000, 1795437780000);
INSERT INTO inbox_gap VALUES (1, 1795437780000, 1795438800000);
INSERT INTO inbox_gap VALUES (2, 1795437780000, 1795438800000);
INSERT INTO inbox_meta VALUES ('version', '6');
INSERT INTO inbox_meta VALUES ('name', 'eb97a23d');
INSERT INTO inbox_meta VALUES ('erasings', '1');
INSERT INTO inbox_news VALUES (7, 2, 0, 1, 1, 0, 2, 1795437780000, NULL, 1795436280000, NULL, '{"id":"t_110022003306","updated":1795437480.0,"platform":"messenger","name":null,"snippet":"are you there?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages","wrote":1795437480.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795437480.0,"at_least":false,"answered":null,"asked":null}', 7, 0, NULL, 1);
INSERT INTO inbox_news VALUES (8, 2, 0, 1, 1, 0, 0, 1795438920000, 1795438920000, NULL, NULL, '{"id":"t_110022003307","updated":1795438860.0,"platform":"messenger","name":null,"snippet":"anybody?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888217/?section=messages","wrote":1795438860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795438860.0,"at_least":false,"answered":null,"asked":null}', NULL, 0, NULL, NULL);
INSERT INTO inbox_news VALUES (4, 2, 0, 1, 1, 0, 0, 1795435920000, NULL, NULL, NULL, '{"id":"t_110022003304","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}', 5, 0, NULL, 1);
INSERT INTO inbox_news VALUES (5, 2, 0, 1, 1, 0, 0, 1795435920000, NULL, NULL, NULL, '{"id":"t_110022003305","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}', 6, 0, NULL, 1);
INSERT INTO inbox_news VALUES (2, 2, 0, 1, 1, 0, 0, 1795435920000, NULL, NULL, NULL, '{"id":"t_110022003302","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}', 3, 0, '{"id":"t_110022003302","updated":1795436220.0,"platform":"messenger","name":null,"snippet":"hi!","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888062/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":null,"at_least":false,"answered":1795436220.0,"asked":1795435860.0}', 1);
INSERT INTO inbox_room VALUES (1, '#chat', NULL, 0, NULL, NULL);
INSERT INTO inbox_room VALUES (2, '#room', NULL, 0, NULL, NULL);
INSERT INTO inbox_source VALUES (1, '200300400', 'messenger', 'inbox', true, true, 1795435800000, 1795435800000, 1795435320000, 1795438860000, 1787660220000, 6, 1795438920000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_source VALUES (2, '200300400', 'messenger', 'spam', true, true, 1795435800000, 1795435800000, 1795435320000, 0, -7776000000, 0, 1795438920000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_wait VALUES (1, 1795435200000, 1, 1795435200000, NULL, NULL, '{"id":"t_110022003301","updated":1795435200.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages","wrote":1795435200.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435200.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO inbox_wait VALUES (5, 1795435860000, 1, 1795435860000, NULL, NULL, '{"id":"t_110022003305","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO inbox_wait VALUES (4, 1795435860000, 1, 1795435860000, NULL, NULL, '{"id":"t_110022003304","updated":1795435860.0,"platform":"messenger","name":null,"snippet":"hello?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages","wrote":1795435860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795435860.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO inbox_wait VALUES (7, 1795437480000, 1, 1795437480000, NULL, NULL, '{"id":"t_110022003306","updated":1795437480.0,"platform":"messenger","name":null,"snippet":"are you there?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages","wrote":1795437480.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795437480.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO inbox_wait VALUES (8, 1795438860000, 1, 1795438860000, NULL, NULL, '{"id":"t_110022003307","updated":1795438860.0,"platform":"messenger","name":null,"snippet":"anybody?","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888217/?section=messages","wrote":1795438860.0,"automatic":false,"said":null,"gone":false,"unreadable":false,"waits":1795438860.0,"at_least":false,"answered":null,"asked":null}');
INSERT INTO inbox_watch VALUES (2, '#chat', '{"version":1,"folder":"spam","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit"}', false, 1795435800000, NULL);
INSERT INTO inbox_watch VALUES (1, '#room', '{"version":1,"folder":"inbox","platform":"messenger","page":null,"unread":false,"name":null,"text":null,"every":"new","quiet":null,"detail":null,"later":"edit","written":"#room"}', true, 1795435800000, NULL);
SELECT pg_catalog.setval('inbox_act_id_seq', 1, true);
SELECT pg_catalog.setval('inbox_announcement_id_seq', 8, true);
SELECT pg_catalog.setval('inbox_conversation_id_seq', 8, true);
SELECT pg_catalog.setval('inbox_digest_id_seq', 1, true);
SELECT pg_catalog.setval('inbox_mute_id_seq', 1, false);
SELECT pg_catalog.setval('inbox_notice_id_seq', 3, true);
SELECT pg_catalog.setval('inbox_room_id_seq', 6, true);
SELECT pg_catalog.setval('inbox_source_id_seq', 2, true);
SELECT pg_catalog.setval('inbox_watch_id_seq', 2, true);
ALTER TABLE ONLY inbox_act
    ADD CONSTRAINT inbox_act_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_announcement
    ADD CONSTRAINT inbox_announcement_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_answer
    ADD CONSTRAINT inbox_answer_pkey PRIMARY KEY (conversation, since);
ALTER TABLE ONLY inbox_arrival
    ADD CONSTRAINT inbox_arrival_pkey PRIMARY KEY (source, quarter);
ALTER TABLE ONLY inbox_conversation
    ADD CONSTRAINT inbox_conversation_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_digest
    ADD CONSTRAINT inbox_digest_pkey PRIMARY KEY (id);
ALTER TABLE ONLY inbox_forgotten
    ADD CONSTRAINT inbox_forgotten_pkey PRIMARY KEY (key);
ALTER TABLE ONLY inbox_gap
    ADD CONSTRAINT inbox_gap_pkey PRIMARY KEY (source, begun);
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
ALTER TABLE ONLY inbox_wait
    ADD CONSTRAINT inbox_wait_pkey PRIMARY KEY (conversation, since);
ALTER TABLE ONLY inbox_watch
    ADD CONSTRAINT inbox_watch_pkey PRIMARY KEY (id);
CREATE INDEX inbox_act_conversation ON inbox_act USING btree (conversation);
CREATE UNIQUE INDEX inbox_act_mark ON inbox_act USING btree (kind, conversation) WHERE ((ended IS NULL) AND (kind < 3));
CREATE UNIQUE INDEX inbox_announcement_active ON inbox_announcement USING btree (room) WHERE (state = ANY (ARRAY['sending'::text, 'doubt'::text]));
CREATE INDEX inbox_announcement_edit ON inbox_announcement USING btree (edit) WHERE (edit IS NOT NULL);
CREATE INDEX inbox_announcement_empty ON inbox_announcement USING btree (at) WHERE (items = 0);
CREATE INDEX inbox_announcement_unsent ON inbox_announcement USING btree (id) WHERE (state <> 'sent'::text);
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation USING btree (key);
CREATE INDEX inbox_news_kept ON inbox_news USING btree (announcement) WHERE (kept IS NOT NULL);
CREATE INDEX inbox_news_queue ON inbox_news USING btree (announcement, room, found) WHERE (due IS NOT NULL);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source USING btree (page, platform, folder);
CREATE INDEX inbox_wait_open ON inbox_wait USING btree (source, since) WHERE (gone IS NULL);
