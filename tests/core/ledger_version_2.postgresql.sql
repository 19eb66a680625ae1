-- A ledger of version 2 as a bot of that version left it on PostgreSQL: watches of every form, one of a Page that is
-- configured no more, two changed by hand; mutes, troubles, and what is told, held, queued, in doubt and given up.
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
INSERT INTO inbox_announcement VALUES (1, 1, 'sent', 1795435210000, 0, 1, 0, 0, NULL, NULL, 'receipt-1', NULL, NULL);
INSERT INTO inbox_announcement VALUES (2, 2, 'sent', 1795435210000, 0, 1, 0, 0, NULL, NULL, 'receipt-2', NULL, NULL);
INSERT INTO inbox_announcement VALUES (3, 4, 'sent', 1795435210000, 0, 1, 0, 0, NULL, NULL, 'receipt-3', NULL, NULL);
INSERT INTO inbox_announcement VALUES (4, 5, 'sent', 1795435210000, 0, 1, 0, 0, NULL, NULL, 'receipt-4', NULL, NULL);
INSERT INTO inbox_announcement VALUES (5, 7, 'sent', 1795435210000, 0, 1, 0, 0, NULL, NULL, 'receipt-5', NULL, NULL);
INSERT INTO inbox_announcement VALUES (6, 14, 'sent', 1795435210000, 0, 1, 0, 0, NULL, NULL, 'receipt-6', NULL, NULL);
INSERT INTO inbox_announcement VALUES (8, 2, 'sent', 1795435272000, 1, 1, 0, 0, NULL, NULL, 'receipt-8', NULL, NULL);
INSERT INTO inbox_announcement VALUES (10, 4, 'sent', 1795435272000, 1, 1, 0, 0, NULL, NULL, 'receipt-10', NULL, NULL);
INSERT INTO inbox_announcement VALUES (11, 5, 'sent', 1795435272000, 1, 1, 0, 0, NULL, NULL, 'receipt-11', NULL, NULL);
INSERT INTO inbox_announcement VALUES (12, 5, 'sent', 1795435272000, 1, 1, 0, 0, NULL, NULL, 'receipt-12', NULL, NULL);
INSERT INTO inbox_announcement VALUES (13, 5, 'given up', 1795437499000, 1, 8, 8, 1, NULL, NULL, NULL, 'the connection broke', NULL);
INSERT INTO inbox_announcement VALUES (9, 4, 'sent', 1795435272000, 1, 1, 0, 0, NULL, NULL, 'receipt-9', NULL, NULL);
INSERT INTO inbox_announcement VALUES (14, 1, 'given up', 1795437499000, 1, 8, 8, 1, NULL, NULL, NULL, 'the connection broke', NULL);
INSERT INTO inbox_announcement VALUES (15, 2, 'given up', 1795437499000, 1, 8, 8, 1, NULL, NULL, NULL, 'the connection broke', NULL);
INSERT INTO inbox_announcement VALUES (7, 2, 'sent', 1795435272000, 1, 1, 0, 0, NULL, NULL, 'receipt-7', NULL, NULL);
INSERT INTO inbox_announcement VALUES (16, 7, 'doubt', 1795439184000, 0, 1, 1, 0, NULL, NULL, NULL, 'the connection broke', NULL);
INSERT INTO inbox_conversation VALUES (2, 2776991248121932110, 't_110022003302', 2, 1, 0, 1795435272000, 1795435212000);
INSERT INTO inbox_conversation VALUES (1, 5004452791785597139, 't_110022003301', 2, 1, 0, 1795435272000, 1795435272000);
INSERT INTO inbox_conversation VALUES (4, 8195553026380557177, 't_110022003303', 1, 2, 0, 1795435392000, 1795435332000);
INSERT INTO inbox_conversation VALUES (5, 8661908077794696319, 't_110022003304', 2, 1, 0, 1795438584000, 1795438522000);
INSERT INTO inbox_conversation VALUES (6, 3769398859443305437, 't_110022003305', 2, 1, 0, 1795438584000, 1795438523000);
INSERT INTO inbox_conversation VALUES (7, 3518777305020685097, 't_110022003306', 2, 1, 0, 1795438584000, 1795438524000);
INSERT INTO inbox_meta VALUES ('version', '2');
INSERT INTO inbox_meta VALUES ('name', '74bdd984');
INSERT INTO inbox_mute VALUES (1, '#chat', 7, NULL, 1798027332000);
INSERT INTO inbox_mute VALUES (2, '#ops', 4, NULL, 1798200132000);
INSERT INTO inbox_mute VALUES (3, '#room', NULL, 2, 1798286532000);
INSERT INTO inbox_mute VALUES (4, '#chat', 18, NULL, 1798376784000);
INSERT INTO inbox_mute VALUES (5, '#chat', 19, NULL, 1798463184000);
INSERT INTO inbox_news VALUES (2, 3, 0, 2, 2, 1, 1, 1795435272000, 1795453200000, 1795433400000, NULL, '{"id":"t_110022003302","updated":1795435212.0,"platform":"messenger","person_id":"5550010000000002","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages"}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (2, 2, 0, 7, 2, 0, 0, 1795435272000, NULL, NULL, NULL, '{"id":"t_110022003302","updated":1795435212.0,"platform":"messenger","person_id":"5550010000000002","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages"}', 8, 0, NULL);
INSERT INTO inbox_news VALUES (2, 4, 0, 4, 2, 0, 0, 1795435272000, NULL, NULL, NULL, '{"id":"t_110022003302","updated":1795435212.0,"platform":"messenger","person_id":"5550010000000002","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888062/?section=messages"}', 10, 0, NULL);
INSERT INTO inbox_news VALUES (1, 5, 0, 5, 2, 0, 0, 1795435272000, NULL, NULL, NULL, NULL, 11, 1, NULL);
INSERT INTO inbox_news VALUES (2, 5, 0, 5, 2, 0, 0, 1795435272000, NULL, NULL, NULL, NULL, 12, 1, NULL);
INSERT INTO inbox_news VALUES (1, 2, 0, 7, 2, 0, 0, 1795435272000, NULL, NULL, NULL, '{"id":"t_110022003301","updated":1795435211.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages"}', 7, 0, '{"id":"t_110022003301","updated":1795435272.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"yes","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888031/?section=messages"}');
INSERT INTO inbox_news VALUES (1, 3, 0, 2, 2, 1, 1, 1795435272000, 1795453200000, 1795433400000, NULL, '{"id":"t_110022003301","updated":1795435211.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages"}', NULL, 0, '{"id":"t_110022003301","updated":1795435272.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"yes","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888031/?section=messages"}');
INSERT INTO inbox_news VALUES (1, 4, 0, 4, 2, 0, 0, 1795435272000, NULL, NULL, NULL, '{"id":"t_110022003301","updated":1795435211.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888031/?section=messages"}', 9, 0, '{"id":"t_110022003301","updated":1795435272.0,"platform":"messenger","person_id":"5550010000000001","name":null,"snippet":"yes","unread":0,"message_count":2,"waiting":false,"meta_link":"/200300400/inbox/777888031/?section=messages"}');
INSERT INTO inbox_news VALUES (1, 5, 1795435272000, 5, 2, 0, 0, 1795435332000, NULL, NULL, NULL, NULL, 13, 1, NULL);
INSERT INTO inbox_news VALUES (4, 1, 0, 1, 1, 0, 0, 1795435392000, NULL, NULL, NULL, NULL, 14, 0, NULL);
INSERT INTO inbox_news VALUES (4, 2, 0, 15, 1, 0, 0, 1795435392000, NULL, NULL, NULL, NULL, 15, 0, NULL);
INSERT INTO inbox_news VALUES (5, 3, 0, 2, 2, 1, 1, 1795438584000, 1795453200000, 1795433400000, NULL, '{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (5, 2, 0, 12, 2, 0, 0, 1795438584000, 1795438584000, NULL, 'initials', '{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}', NULL, NULL, NULL);
INSERT INTO inbox_news VALUES (6, 3, 0, 2, 2, 1, 1, 1795438584000, 1795453200000, 1795433400000, NULL, '{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (6, 4, 0, 4, 2, 0, 0, 1795438584000, 1795438584000, NULL, NULL, '{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (6, 5, 0, 5, 2, 0, 0, 1795438584000, 1795438584000, NULL, NULL, '{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}', NULL, 1, NULL);
INSERT INTO inbox_news VALUES (6, 2, 0, 12, 2, 0, 0, 1795438584000, 1795438584000, NULL, 'initials', '{"id":"t_110022003305","updated":1795438523.0,"platform":"messenger","person_id":"5550010000000005","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888155/?section=messages"}', NULL, NULL, NULL);
INSERT INTO inbox_news VALUES (7, 3, 0, 2, 2, 1, 1, 1795438584000, 1795453200000, 1795433400000, NULL, '{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (5, 4, 0, 4, 2, 0, 0, 1795438584000, 1795438584000, NULL, NULL, '{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (5, 5, 0, 5, 2, 0, 0, 1795438584000, 1795438584000, NULL, NULL, '{"id":"t_110022003304","updated":1795438522.0,"platform":"messenger","person_id":"5550010000000004","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888124/?section=messages"}', NULL, 1, NULL);
INSERT INTO inbox_news VALUES (7, 4, 0, 4, 2, 0, 0, 1795438584000, 1795438584000, NULL, NULL, '{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}', NULL, 0, NULL);
INSERT INTO inbox_news VALUES (7, 5, 0, 5, 2, 0, 0, 1795438584000, 1795438584000, NULL, NULL, '{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}', NULL, 1, NULL);
INSERT INTO inbox_news VALUES (7, 2, 0, 12, 2, 0, 0, 1795438584000, 1795438584000, NULL, 'initials', '{"id":"t_110022003306","updated":1795438524.0,"platform":"messenger","person_id":"5550010000000006","name":null,"snippet":"hello","unread":1,"message_count":1,"waiting":true,"meta_link":"/200300400/inbox/777888186/?section=messages"}', NULL, NULL, NULL);
INSERT INTO inbox_notice VALUES (3, 3, 1795435200000, 1795453205000, '{"kind":"learned","sources":[["acme","messenger","inbox"]],"count":0,"since":null,"trouble":null}', NULL);
INSERT INTO inbox_notice VALUES (21, 7, 1795438461000, 1795438461000, '{"kind":"trouble","sources":[["globex","messenger","page_done"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"TokenDead\",\"detail\":\"\",\"code\":190,\"subcode\":463,\"retry_after\":0.0,\"field\":null}"}', 16);
INSERT INTO inbox_notice VALUES (23, 14, 1795438461000, 1795438461000, '{"kind":"trouble","sources":[["globex","messenger","inbox"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"TokenDead\",\"detail\":\"\",\"code\":190,\"subcode\":463,\"retry_after\":0.0,\"field\":null}"}', NULL);
INSERT INTO inbox_notice VALUES (22, 2, 1795438461000, 1795438461000, '{"kind":"trouble","sources":[["globex","instagram","inbox"],["globex","messenger","inbox"],["globex","messenger","spam"],["globex","instagram","spam"],["globex","messenger","other"],["globex","instagram","other"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"TokenDead\",\"detail\":\"\",\"code\":190,\"subcode\":463,\"retry_after\":0.0,\"field\":null}"}', NULL);
INSERT INTO inbox_notice VALUES (24, 2, 1795438461000, 1795438461000, '{"kind":"trouble","sources":[["acme","instagram","spam"]],"count":0,"since":1795438161.0,"trouble":"{\"kind\":\"PermissionMissing\",\"detail\":\"\",\"code\":10,\"subcode\":null,\"retry_after\":0.0,\"field\":null}"}', NULL);
INSERT INTO inbox_room VALUES (3, '#night', NULL, 0, NULL, NULL);
INSERT INTO inbox_room VALUES (1, '#lossy', 1795435392000, 8, 1795437755000, 'the connection broke');
INSERT INTO inbox_room VALUES (7, '#ops', 1795439184000, 1, 1795439186000, 'the connection broke');
INSERT INTO inbox_room VALUES (14, '#globex', 1795439184000, 1, 1795439186000, 'the chat can''t be reached');
INSERT INTO inbox_room VALUES (4, '#room', 1795439184000, 1, 1795439186000, 'the chat can''t be reached');
INSERT INTO inbox_room VALUES (2, '#chat', 1795435392000, 9, 1795439484000, 'the chat can''t be reached');
INSERT INTO inbox_room VALUES (5, '#thread', 1795435392000, 9, 1795439484000, 'the chat can''t be reached');
INSERT INTO inbox_source VALUES (5, '200300400', 'instagram', 'spam', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"PermissionMissing","detail":"","code":10,"subcode":null,"retry_after":0.0,"field":null}', true, 'PermissionMissing', NULL, NULL);
INSERT INTO inbox_source VALUES (6, '200300400', 'instagram', 'inbox', true, true, 0, 0, 0, 0, 1795438584000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_source VALUES (13, '200300401', 'messenger', 'other', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}', true, 'TokenDead', NULL, NULL);
INSERT INTO inbox_source VALUES (14, '200300401', 'instagram', 'other', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}', true, 'TokenDead', NULL, NULL);
INSERT INTO inbox_source VALUES (7, '200300401', 'instagram', 'inbox', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}', true, 'TokenDead', NULL, NULL);
INSERT INTO inbox_source VALUES (8, '200300401', 'messenger', 'inbox', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}', true, 'TokenDead', NULL, NULL);
INSERT INTO inbox_source VALUES (9, '200300400', 'messenger', 'spam', true, true, 0, 0, 0, 0, 1795438584000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_source VALUES (1, '200300400', 'messenger', 'other', true, true, 0, 1795435332000, 0, 1, 1795438584000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_source VALUES (10, '200300401', 'messenger', 'spam', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}', true, 'TokenDead', NULL, NULL);
INSERT INTO inbox_source VALUES (2, '200300400', 'messenger', 'inbox', true, true, 0, 1795438524000, 0, 5, 1795438584000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_source VALUES (3, '200300400', 'messenger', 'page_done', true, true, 0, 0, 0, 0, 1795438584000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_source VALUES (11, '200300401', 'instagram', 'spam', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}', true, 'TokenDead', NULL, NULL);
INSERT INTO inbox_source VALUES (4, '200300401', 'messenger', 'page_done', true, true, 0, 0, 0, 0, 1795435392000, false, 1795438161000, 8, '{"kind":"TokenDead","detail":"","code":190,"subcode":463,"retry_after":0.0,"field":null}', true, 'TokenDead', NULL, NULL);
INSERT INTO inbox_source VALUES (12, '200300400', 'instagram', 'other', true, true, 0, 0, 0, 0, 1795438584000, false, NULL, 0, NULL, false, NULL, NULL, NULL);
INSERT INTO inbox_watch VALUES (1, '#lossy', 'other messenger acme', true, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (2, '#night', 'inbox messenger acme quiet 12:30-18:00 Europe/Rome', true, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (3, '#ops', 'done messenger as count', true, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (4, '#room', 'inbox messenger acme', true, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (5, '#thread', 'inbox messenger acme later thread', true, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (6, '#chat', 'spam instagram acme', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (7, '#chat', 'inbox messenger acme unread', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (8, '#chat', 'inbox messenger acme from @ann.example', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (9, '#chat', 'inbox instagram from @"ann example"', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (10, '#chat', 'inbox text "money back"', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (11, '#chat', 'spam every message', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (12, '#chat', 'inbox acme as initials later nothing', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (13, '#chat', 'inbox messenger acme quiet 22:00-08:00 America/New_York as snippet', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (14, '#chat', 'done messenger acme as name later thread', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (15, '#chat', 'other', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (16, '#globex', 'inbox messenger globex', false, 1795435200000, NULL);
INSERT INTO inbox_watch VALUES (17, '#globex', 'spam', false, 1795435200000, 1795435200000);
INSERT INTO inbox_watch VALUES (18, '#chat', 'inbox quiet 22:00-08:00 Mars/Olympus', false, 1795435203000, NULL);
INSERT INTO inbox_watch VALUES (19, '#chat', 'inbox, whatever comes from beyond', false, 1795435203000, NULL);
SELECT pg_catalog.setval('inbox_announcement_id_seq', 20, true);
SELECT pg_catalog.setval('inbox_conversation_id_seq', 7, true);
SELECT pg_catalog.setval('inbox_mute_id_seq', 5, true);
SELECT pg_catalog.setval('inbox_notice_id_seq', 24, true);
SELECT pg_catalog.setval('inbox_room_id_seq', 34, true);
SELECT pg_catalog.setval('inbox_source_id_seq', 14, true);
SELECT pg_catalog.setval('inbox_watch_id_seq', 19, true);
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
