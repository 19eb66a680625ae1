-- A ledger of version 1 as a bot of that version left it on PostgreSQL: three conversations learned, one told, one in doubt, one queued.
CREATE TABLE inbox_announcement (
    id integer NOT NULL,
    room integer NOT NULL,
    state text NOT NULL,
    at bigint NOT NULL,
    items integer NOT NULL,
    sends integer NOT NULL,
    tries integer NOT NULL,
    repeat smallint NOT NULL,
    life text,
    until bigint,
    receipt text,
    error text
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
    announcement integer
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
    wish text NOT NULL,
    ops boolean NOT NULL,
    made bigint NOT NULL,
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
INSERT INTO inbox_announcement VALUES (1, 1, 'sent', 1795435213000, 0, 1, 0, 0, NULL, NULL, 'receipt-1', NULL);
INSERT INTO inbox_announcement VALUES (2, 1, 'sent', 1795435274000, 1, 1, 0, 0, NULL, NULL, 'receipt-2', NULL);
INSERT INTO inbox_conversation VALUES (1, 5004452791785597139, 't_110022003301', 1, 1, 1, 1795435203000, 1795435201000);
INSERT INTO inbox_conversation VALUES (2, 2776991248121932110, 't_110022003302', 1, 1, 1, 1795435203000, 1795435202000);
INSERT INTO inbox_conversation VALUES (3, 8195553026380557177, 't_110022003303', 1, 1, 1, 1795435203000, 1795435203000);
INSERT INTO inbox_conversation VALUES (4, 8661908077794696319, 't_110022003304', 1, 1, 0, 1795435274000, 1795435214000);
INSERT INTO inbox_conversation VALUES (5, 3769398859443305437, 't_110022003305', 1, 1, 0, 1795435336000, 1795435275000);
INSERT INTO inbox_conversation VALUES (6, 3518777305020685097, 't_110022003306', 1, 1, 0, 1795435336000, 1795435276000);
INSERT INTO inbox_meta VALUES ('version', '1');
INSERT INTO inbox_meta VALUES ('name', '7f32cb94');
INSERT INTO inbox_news VALUES (4, 1, 0, 1, 1, 0, 0, 1795435274000, NULL, NULL, NULL, NULL, 2);
INSERT INTO inbox_news VALUES (6, 1, 0, 1, 1, 0, 0, 1795435336000, 1795435336000, NULL, NULL, '{"id":"t_110022003306","updated":1795435276.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}', NULL);
INSERT INTO inbox_news VALUES (5, 1, 0, 1, 1, 0, 0, 1795435336000, 1795435336000, NULL, NULL, '{"id":"t_110022003305","updated":1795435275.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}', NULL);
INSERT INTO inbox_room VALUES (1, '#room', 1795435336000, 1, 1795435338000, 'the chat can''t be reached');
INSERT INTO inbox_source VALUES (1, '200300400', 'messenger', 'inbox', true, true, 1795435203000, 1795435276000, 1787659203000, 6, 1795435336000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_watch VALUES (1, '#room', 'inbox messenger', true, 1795435203000, NULL);
SELECT pg_catalog.setval('inbox_announcement_id_seq', 3, true);
SELECT pg_catalog.setval('inbox_conversation_id_seq', 6, true);
SELECT pg_catalog.setval('inbox_mute_id_seq', 1, false);
SELECT pg_catalog.setval('inbox_notice_id_seq', 1, true);
SELECT pg_catalog.setval('inbox_room_id_seq', 3, true);
SELECT pg_catalog.setval('inbox_source_id_seq', 1, true);
SELECT pg_catalog.setval('inbox_watch_id_seq', 1, true);
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
CREATE UNIQUE INDEX inbox_conversation_key ON inbox_conversation USING btree (key);
CREATE INDEX inbox_news_queue ON inbox_news USING btree (room, announcement, found) WHERE (due IS NOT NULL);
CREATE UNIQUE INDEX inbox_source_list ON inbox_source USING btree (page, platform, folder);
