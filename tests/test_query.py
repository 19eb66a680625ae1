"""What may be typed after `!inbox`, and what is said when it is not understood."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from dataclasses import replace
from datetime import time
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pageinbox.language.question import QuestionReading, describe, parse
from pageinbox.language.reader import STEPS, Nearby, QueryError, WriteAsked
from pageinbox.model.calendar import WEEKDAYS, Since
from pageinbox.model.query import InboxQuery, Mark
from pageinbox.model.source import Folder, Platform
from pageinbox.model.text import fold

PAGES = ("acme", "Bravo", "Corner Shop", "Yahoo!", "spam", "chat", "24", "Größe")
Q = InboxQuery
ROME = "Europe/Rome"


def P(**more: Any) -> InboxQuery:
    """A question about a person, who is looked for in all folders."""
    return Q(**{"folder": None} | more)


def since(day: str, hour: int = 0, **more: Any) -> InboxQuery:
    return Q(since=Since(day, time(hour), ROME), **more)


MESSENGER, INSTAGRAM = Platform.MESSENGER, Platform.INSTAGRAM
OTHER, DONE, SPAM = Folder.OTHER, Folder.DONE, Folder.SPAM

UNDERSTOOD = [
    # no word, folders, platforms
    ("", Q()),
    ("  \n ", Q()),
    ("inbox", Q()),
    ("main", Q()),
    ("primary", Q()),
    ("spam instagram", Q(folder=SPAM, platform=INSTAGRAM)),
    ("INSTAGRAM Spam", Q(folder=SPAM, platform=INSTAGRAM)),
    ("junk ig", Q(folder=SPAM, platform=INSTAGRAM)),
    ("insta archive", Q(folder=DONE, platform=INSTAGRAM)),
    ("fb archived", Q(folder=DONE, platform=MESSENGER)),
    ("msgr closed", Q(folder=DONE, platform=MESSENGER)),
    ("facebook page_done", Q(folder=DONE, platform=MESSENGER)),
    ("messenger resolved", Q(folder=DONE, platform=MESSENGER)),
    ("facebook messenger done done", Q(folder=DONE, platform=MESSENGER)),
    ("other", Q(folder=OTHER)),
    ("folder:spam platform=ig", Q(folder=SPAM, platform=INSTAGRAM)),
    # both platforms
    ("facebook and instagram", Q()),
    ("ig, fb", Q()),
    ("fb/ig", Q()),
    ("ig & fb", Q()),
    ("both", Q()),
    ("spam on both platforms", Q(folder=SPAM)),
    # a sentence
    ("show me the spam on instagram, please!", Q(folder=SPAM, platform=INSTAGRAM)),
    ("What's unread in the archive of Bravo?", Q(folder=DONE, page="Bravo", unread=True)),
    ("all conversations", Q(folder=None)),
    # every folder
    ("all", Q(folder=None)),
    ("everything unread", Q(folder=None, unread=True)),
    ("all folders on ig", Q(folder=None, platform=INSTAGRAM)),
    ("in any folder: waiting", Q(folder=None, waiting=True)),
    ("all of the spam", Q(folder=SPAM)),
    ("all inbox", Q()),
    ("all pages", Q()),
    ("inbox @ann", Q(name="ann")),
    ("inbox user 7", Q(user_id="7")),
    # what a conversation is in
    ("read", Q(unread=False)),
    ("not unread", Q(unread=False)),
    ("not read yet", Q(unread=True)),
    ("what haven't we read", Q(unread=True)),
    ("waiting", Q(waiting=True)),
    ("unanswered", Q(waiting=True)),
    ("not answered", Q(waiting=True)),
    ("not yet answered", Q(waiting=True)),
    ("no reply", Q(waiting=True)),
    ("without an answer in spam", Q(folder=SPAM, waiting=True)),
    ("who is waiting longest", Q(waiting=True)),
    ("who has been waiting for an answer the longest?", Q(waiting=True)),
    ("longest wait first", Q(waiting=True)),
    ("waiting first 5", Q(waiting=True, limit=5)),
    ("is anyone still waiting?", Q(waiting=True)),
    ("what did we not answer yet", Q(waiting=True)),
    ("who needs a reply on ig", Q(waiting=True, platform=INSTAGRAM)),
    ("nobody has answered", Q(waiting=True)),
    ("answered", Q(waiting=False)),
    ("replied unread", Q(waiting=False, unread=True)),
    ("not waiting", Q(waiting=False)),
    # for how long, and for how long they may still be answered
    ("waiting over 1h", Q(waiting=True, over=3600)),
    ("over 2 days", Q(waiting=True, over=2 * 86400)),
    ("waiting for more than an hour", Q(waiting=True, over=3600)),
    ("who has been waiting longer than 90 min on ig?", Q(waiting=True, over=5400, platform=INSTAGRAM)),
    ("over: 1h30m spam", Q(waiting=True, over=5400, folder=SPAM)),
    ("closing 2h", Q(waiting=True, closing=7200)),
    ("unanswered, closing within 2 hours", Q(waiting=True, closing=7200)),
    ("expires in a day limit 5", Q(waiting=True, closing=86400, limit=5)),
    ("waiting over 1h closing 2h acme", Q(waiting=True, over=3600, closing=7200, page="acme")),
    # what the team has done; of marks there is no folder where none is named
    ("mine", Q(folder=None, mark=Mark.MINE)),
    ("which are mine on ig?", Q(folder=None, mark=Mark.MINE, platform=INSTAGRAM)),
    ("claimed spam", Q(folder=SPAM, mark=Mark.CLAIMED)),
    ("unclaimed", Q(mark=Mark.UNCLAIMED)),
    ("not claimed", Q(mark=Mark.UNCLAIMED)),
    ("what has nobody taken?", Q(mark=Mark.UNCLAIMED)),
    ("claimed by me", Q(folder=None, mark=Mark.MINE)),
    ("what is assigned to me", Q(folder=None, mark=Mark.MINE)),
    ("my claims", Q(folder=None, mark=Mark.MINE)),
    ("claimed by somebody", Q(folder=None, mark=Mark.CLAIMED)),
    ("claimed by acme", Q(folder=None, mark=Mark.CLAIMED, page="acme")),
    ("all unclaimed", Q(folder=None, mark=Mark.UNCLAIMED)),
    ("unclaimed waiting", Q(mark=Mark.UNCLAIMED, waiting=True)),
    ("snoozed acme", Q(folder=None, mark=Mark.SNOOZED, page="acme")),
    ("done by team", Q(folder=None, mark=Mark.DONE)),
    ("done by the team in spam", Q(folder=SPAM, mark=Mark.DONE)),
    ("done by us", Q(folder=None, mark=Mark.DONE)),
    ("done", Q(folder=DONE)),
    ("done by team done", Q(folder=DONE, mark=Mark.DONE)),
    # what the latest message says
    ('text "my refund"', Q(text="my refund")),
    ("text refund spam", Q(text="refund", folder=SPAM)),
    ("messages containing refund", Q(text="refund")),
    ("search for refund", Q(text="refund")),
    ("search for thanks limit 1", Q(text="thanks", limit=1)),
    ('search for text "brass foot"', Q(text="brass foot")),
    ("find messages from @ann", P(name="ann")),
    ("find all unread spam", Q(folder=SPAM, unread=True)),
    ("mentions “Refund!” from @ann", Q(text="refund!", name="ann", folder=None)),
    # Pages
    ("acme", Q(page="acme")),
    ("ACME acme", Q(page="acme")),
    ("bravo.", Q(page="Bravo")),
    ("the bravo page unread", Q(page="Bravo", unread=True)),
    ("page bravo", Q(page="Bravo")),
    ("page:bravo unread", Q(page="Bravo", unread=True)),
    ('"corner shop" unread', Q(page="Corner Shop", unread=True)),
    ("page “Corner  Shop”", Q(page="Corner Shop")),
    ("yahoo", Q(page="Yahoo!")),
    ("yahoo!", Q(page="Yahoo!")),
    ("GRÖSSE", Q(page="Größe")),
    ("gro\u0308ße", Q(page="Größe")),
    ("page spam", Q(page="spam")),
    ("spam page spam", Q(page="spam", folder=SPAM)),
    ("chat", Q(page="chat")),
    ("24", Q(page="24")),
    # people
    ("user 123", P(user_id="123")),
    ("user:123", P(user_id="123")),
    ("user=123", P(user_id="123")),
    ("user id 123", P(user_id="123")),
    ("1602000000000001", P(user_id="1602000000000001")),
    ("@ann.example", P(name="ann.example")),
    ("from @ann.example", P(name="ann.example")),
    ("@Ann.Example, unread", P(name="ann.example", unread=True)),
    ("user @ann", P(name="ann")),
    ("@_ann_", P(name="_ann_")),
    ('@"Ann Example" spam', Q(name="ann example", folder=SPAM)),
    ('"@Ann Example"', P(name="ann example")),
    ("@“Ann Example”", P(name="ann example")),
    ("„@Ann Example“", P(name="ann example")),
    ("@‘Ann O’Brien’ ig", P(name="ann o'brien", platform=INSTAGRAM)),
    ("@'Ann Example'", P(name="ann example")),
    ('@"spam and since 2h"', P(name="spam and since 2h")),
    ("@ÁNN @a\u0301nn", P(name="ánn")),
    ('user 7 @"أمل خالد"', P(user_id="7", name="أمل خالد")),
    # since
    ("since 2h", Q(since=7200)),
    ("since:2h", Q(since=7200)),
    ("since=90m", Q(since=5400)),
    ("since 90 s", Q(since=90)),
    ("in the last half hour", Q(since=1800)),
    ("since half a day", Q(since=43200)),
    ("since 2 hours", Q(since=7200)),
    ("since 1h30m", Q(since=5400)),
    ("since 1h 30 min", Q(since=5400)),
    ("since 1.5 hours", Q(since=5400)),
    ("since an hour ago", Q(since=3600)),
    ("in the last 2 hours", Q(since=7200)),
    ("last hour", Q(since=3600)),
    ("past week", Q(since=7 * 86400)),
    ("since the past 3 days.", Q(since=3 * 86400)),
    ("since 2w", Q(since=14 * 86400)),
    ("since 3650d", Q(since=3650 * 86400)),
    ("since today", since("today")),
    ("unread today", since("today", unread=True)),
    ("since yesterday", since("yesterday")),
    ("since yesterday at 14:00", since("yesterday", 14)),
    ("since 14:00 yesterday", since("yesterday", 14)),
    ("since monday", since("monday")),
    ("since last tue ig", since("tuesday", platform=INSTAGRAM)),
    ("since friday 5pm", since("friday", 17)),
    ("since 9:00", since("", 9)),
    ("since 2 pm", since("", 14)),
    ("since noon", since("", 12)),
    ("since midnight unread", since("", unread=True)),
    ("since 2026-11-20", since("2026-11-20")),
    ("since 2026/1/5 spam", since("2026-01-05", folder=SPAM)),
    ("since nov 20", since("20 nov")),
    ("since the 20th of November unread", since("20 nov", unread=True)),
    ("since 29 feb", since("29 feb")),
    ("since 12 nov 2025 at 14:00", since("2025-11-12", 14)),
    ("since 20.11.2026", since("2026-11-20")),
    ("since 11/20/2026 spam", since("2026-11-20", folder=SPAM)),
    ("since 20/11", since("20 nov")),
    ("since 2026-11-20T10:00", since("2026-11-20", 10)),
    ("since 2026-11-20 09:00:00Z", since("2026-11-20", 10)),
    ("since 2026-11-20T10:00:00.123+01:00", since("2026-11-20", 10)),
    ("since november", since("1 nov")),
    ("since nov 2025", since("2025-11-01")),
    ("since the 5th", since("5th")),
    ("since last week", since("last week")),
    ("this month unread", since("this month", unread=True)),
    ("since the beginning of the year", since("this year")),
    ("over the weekend", since("saturday")),
    # times of day
    ("this morning", since("today", 6)),
    ("tonight", since("today", 20)),
    ("last night unread", since("yesterday", 20, unread=True)),
    ("overnight", since("yesterday", 20)),
    ("yesterday evening", since("yesterday", 18)),
    ("since weds afternoon", since("wednesday", 12)),
    ("since 9.00", since("", 9)),
    ("after 9 o'clock", since("", 9)),
    ("since nine o'clock", since("", 9)),
    ("from 9am", since("", 9)),
    ("since 9:00 Europe/Rome time", since("", 9)),
    ("since half past nine", Q(since=Since("", time(9, 30), ROME))),
    ("since a quarter to 9 pm", Q(since=Since("", time(20, 45), ROME))),
    ("today's", since("today")),
    # what asks for nothing
    ("who wrote since yesterday?", since("yesterday")),
    ("did anyone write today", since("today")),
    ("what came in overnight?", since("yesterday", 20)),
    ("spam 🙏", Q(folder=SPAM)),
    ("could you show me the unread ones", Q(unread=True)),
    ("I need the spam", Q(folder=SPAM)),
    ("total number of unread", Q(unread=True)),
    ("waiting at least 1h", Q(waiting=True, over=3600)),
    # lengths
    ("2 days ago", Q(since=2 * 86400)),
    ("an hour ago unread", Q(since=3600, unread=True)),
    ("within 2h", Q(since=7200)),
    ("in the past eleven hours", Q(since=11 * 3600)),
    # limit
    ("limit 5", Q(limit=5)),
    ("limit=5", Q(limit=5)),
    ("limit: 5", Q(limit=5)),
    ("top 50", Q(limit=50)),
    ("first 1", Q(limit=1)),
    ("last 5 messages", Q(limit=5)),
    ("LIMIT 05.", Q(limit=5)),
    ("limit 24 24", Q(limit=24, page="24")),
    # what chat apps and people make of text
    ("unread", Q(unread=True)),
    ("unseen unread", Q(unread=True)),
    ("--unread", Q(unread=True)),
    ("—unread –", Q(unread=True)),
    ("SPAM—Instagram", Q(folder=SPAM, platform=INSTAGRAM)),
    ("spam\u00a0instagram\u2003unread", Q(folder=SPAM, platform=INSTAGRAM, unread=True)),
    ("sp\u200bam\x00 \u2068ig\u2069", Q(folder=SPAM, platform=INSTAGRAM)),
    ("ｓｐａｍ ｌｉｍｉｔ ５", Q(folder=SPAM, limit=5)),
    ("`spam` *instagram* <unread> [acme]", Q(folder=SPAM, platform=INSTAGRAM, unread=True, page="acme")),
    ("“spam instagram”", Q(folder=SPAM, platform=INSTAGRAM)),
    ("spam,instagram,unread", Q(folder=SPAM, platform=INSTAGRAM, unread=True)),
]

ZONE = "begins; I know today, weekdays, 12 nov, 14:00 and the like."
# what is typed, what is said, and the example
REFUSED = [
    # a word nobody knows, and the nearest one that is known
    ("spma", "I don't know “spma”. Did you mean spam?", "spam"),
    ("spma instagram", "I don't know “spma”. Did you mean spam?", "spam instagram"),
    ("Instgram, spam", "I don't know “Instgram”. Did you mean instagram?", "spam instagram"),
    ("facebok", "I don't know “facebok”. Did you mean facebook (messenger)?", "messenger"),
    ("archvie ig", "I don't know “archvie”. Did you mean archive (done)?", "done instagram"),
    ("unraed", "I don't know “unraed”. Did you mean unread?", "unread"),
    ("wating", "I don't know “wating”. Did you mean waiting?", "waiting"),
    ("read k7fq", "I don't know “read”. Did you mean show?", "show k7fq"),
    ("read answered not read", "read or unread? Only one at a time.", "read answered"),
    ('text "refund', "A quoted text needs its closing quotation mark.", 'text "refund"'),
    ("text refund soon", "To look for several words, put them in quotes.", 'text "refund soon"'),
    ("text", "“text” needs something to look for.", 'text "refund"'),
    ("text spam", "If “spam” is what to look for, put it in quotes.", 'text "spam"'),
    ("limti 5 ig", "I don't know “limti”. Did you mean limit?", "instagram limit 5"),
    ("-spam", "I can't leave anything out; say what to look for instead.", "spam"),
    ("unread except spam", "I can't leave anything out; say what to look for instead.", "spam unread"),
    ("whatsapp unread", "I read messages on Messenger and Instagram, not “whatsapp”.", "unread"),
    ("older than 2 days", "I only look from a time up to now, so I can't go by “older”.", "since 2d"),
    ("oldest first", "I don't sort: lists begin with the newest, and waiting with the longest wait.", "waiting"),
    ("brvao?", "I don't know “brvao”. Did you mean Bravo?", "Bravo"),
    ("shop ig", "I don't know “shop”. Did you mean Corner Shop?", 'instagram page "Corner Shop"'),
    ("statsu", "I don't know “statsu”. Did you mean status?", "status"),
    ("pagess", "I don't know “pagess”. Did you mean pages?", "pages"),
    ("spam more", "“more” is a command of its own.", "more"),
    ("new", "I don't know “new”. Did you mean unread?", "unread"),
    ("2h spam", "I don't know “2h”. Did you mean since 2h?", "spam since 2h"),
    ("5 spam", "I don't know “5”. Did you mean limit 5?", "spam limit 5"),
    ("99", "I don't know “99”.", ""),
    ("zebra", "I don't know “zebra”.", ""),
    ("zebra ig zebu", "I don't know “zebra”.", "instagram"),
    ("ig\x1b[31m\nzebra\u202e\u2028", "I don't know “ig[31m”.", ""),
    ("z" * 31, "I don't know “…”.", ""),
    ("not spam", "I can't leave anything out; say what to look for instead.", "spam"),
    ("mine claimed", "mine or claimed? Only one at a time.", "mine"),
    ("not mine", "I can't leave anything out; say what to look for instead.", "mine"),
    ("waiting over", "“over” needs a length of time.", "waiting over 1h"),
    ("waiting over 5", "“5” needs a unit: m, h or d.", "waiting over 1h"),
    ("waiting over 0m", "“over” needs a time longer than zero.", "waiting over 1h"),
    ("waiting over 1h 4h", "“over” takes one length of time.", "waiting over 1h"),
    ("over 11 years", "“11” needs a unit: m, h or d.", "waiting over 1h"),
    ("over 4000d", "I look back at most ten years.", "waiting over 3650d"),
    ("closing", "“closing” needs a length of time.", "waiting closing 2h"),
    ("closing soon", "“closing” needs a length of time.", "waiting closing 2h"),
    ("closing 8d", "After 7 days Meta lets nobody answer, so the longest is 7d.", "waiting closing 7d"),
    ("answered over 1h", "answered or waiting? Only one at a time.", "answered"),
    ("over 1h answered", "waiting or answered? Only one at a time.", "waiting over 1h"),
    ("about to expire", "“expire” needs a length of time.", "waiting closing 2h"),
    (
        "claimed by @ann",
        "I can show what you have claimed (mine) or anybody has (claimed), but not what one colleague has.",
        "claimed",
    ),
    (
        "claimed by ann ig",
        "I can show what you have claimed (mine) or anybody has (claimed), but not what one colleague has.",
        "instagram claimed",
    ),
    ("snoozed by me", "I can't look for who snoozed something.", "snoozed"),
    ("done by ann", "I can't look for who marked something as done.", "done by team"),
    ("waiting 1h", "I don't know “1h”. Did you mean over 1h?", "waiting over 1h"),
    ("waiting 2 days", "I don't know “2”. Did you mean over 2 days?", "waiting over 2d"),
    ("spam 2 hours", "I don't know “2”. Did you mean since 2 hours?", "spam since 2h"),
    ("ig requests", "Meta doesn't tell me which chats are in “requests”.", "instagram"),
    ("x" * 1001, "That is too long for a question.", ""),
    # a command, by its word or what people call it, with what was typed behind it
    ("showw 3", "I don't know “showw”. Did you mean show?", "show 3"),
    ("unwach 3", "I don't know “unwach”. Did you mean unwatch?", "unwatch 3"),
    ("subscribe to spam ig", "I don't know “subscribe”. Did you mean watch?", "watch to spam ig"),
    ("stop 1", "I don't know “stop”. Did you mean unwatch?", "unwatch 1"),
    ("silence k7fq for 2h", "I don't know “silence”. Did you mean mute?", "mute k7fq for 2h"),
    ("spam silence", "I don't know “silence”. Did you mean mute?", "mute"),
    ("statsu " + "t" * 30, "I don't know “statsu”. Did you mean status?", "status"),
    # what was shown in the room
    ("k7fq", "I don't know “k7fq”. Did you mean show k7fq?", "show k7fq"),
    ("spam k7fq please", "I don't know “k7fq”. Did you mean show k7fq?", "show k7fq"),
    ("3", "I don't know “3”. Did you mean show 3?", "show 3"),
    ("3 spam", "I don't know “3”. Did you mean limit 3?", "spam limit 3"),
    ("4", "I don't know “4”. Did you mean limit 4?", "limit 4"),
    ("Ann", 'I don\'t know “Ann”. Did you mean @"Ann Example"?', '@"ann example"'),
    ("Ann Example spam", 'I don\'t know “Ann”. Did you mean @"Ann Example"?', 'spam @"ann example"'),
    ("example, ann", 'I don\'t know “example”. Did you mean @"Ann Example"?', '@"ann example"'),
    ("lea", "I don't know “lea”. Did you mean @lea.dubois?", "@lea.dubois"),
    ("bo", "I don't know “bo”. Did you mean @bo?", "@bo"),
    ("ok", "I don't know “ok”. Did you mean status?", "status"),
    ("unread from zoë", "I don't know “zoë”. Did you mean @zoë?", "unread @zoë"),
    ("urgent ig", "I don't know “urgent”. Did you mean waiting?", "instagram waiting"),
    ("follow up", "I don't know “followup”. Did you mean waiting?", "waiting"),
    ("waiting less than 1h", "I can only look for longer waits, so I can't go by “less”.", "waiting over 1h"),
    (
        "spam https://example.com/x",
        "I don't know the conversation behind that link. Its ref is in the list it belongs to.",
        "spam",
    ),
    ("bo lindqvist", 'I don\'t know “bo”. Did you mean @"Bo Lindqvist"?', '@"bo lindqvist"'),
    ("cy", 'I don\'t know “cy”. Did you mean @"Cy C Ó"?', '@"cy c ó"'),
    # contradictions
    ("spam inbox", "spam or inbox? Only one at a time.", "spam"),
    ("ig inbox spam and ig", "inbox or spam? Only one at a time.", "instagram"),
    ("spam ig fb", "Messenger or Instagram? Put “and” between them for both.", "spam instagram"),
    ("both ig", "Both platforms, or only Instagram?", "instagram"),
    ("acme and bravo", "acme or Bravo? Only one at a time.", "acme"),
    ("since 2h since 3h", "since 2h or since 3h? Only one at a time.", "since 2h"),
    ("limit 5 limit 6 ig", "limit 5 or limit 6? Only one at a time.", "instagram limit 5"),
    ("@ann @bo", "@ann or @bo? Only one at a time.", "@ann"),
    ("user 1 user 2", "user 1 or user 2? Only one at a time.", "user 1"),
    # since
    ("spam since", "“since” needs a length of time.", "spam since 24h"),
    ("since unread", "“since” needs a length of time.", "unread since 24h"),
    ("the last messages", "“last” needs a number or a length of time.", "since 24h"),
    ("since 0h", "“since 0h” would find nothing.", "since 24h"),
    ("since 3", "“since 3” may be 3h or 3:00.", "since 03:00"),
    ("since nine", "“since 9” may be 9h or 9:00.", "since 09:00"),
    ("since 30 ig", "“since 30” needs a unit: m, h, d or w.", "instagram since 30h"),
    ("since 3 parsecs", "I don't know the time “3 parsecs”. I count in m, h, d or w.", "since 3h"),
    ("since 3 huors", "I don't know the time “3 huors”. Did you mean hours?", "since 3h"),
    ("since chat 2h", f"I don't know when “chat” {ZONE}", "since 24h"),
    ("since forever", f"I don't know when “forever” {ZONE}", "since 24h"),
    ("since yesturday", "I don't know when “yesturday” begins. Did you mean yesterday?", "since yesterday"),
    ("since febuary", "I don't know when “febuary” begins. Did you mean february?", "since 1 feb"),
    ("since 9999999w", "I look back at most ten years.", "since 30d"),
    ("since tomorrow", "“tomorrow” is still to come.", "since 24h"),
    ("since next week", "“next week” is still to come.", "since 24h"),
    ("since next monday", "“next monday” is still to come.", "since 24h"),
    ("since 31 feb", "There is no “31 feb” in the calendar.", "since 24h"),
    ("since 25:00", f"I don't know when “25:00” {ZONE}", "since 24h"),
    ("since 5.11.", "“5.11” may be 5 nov or 11 may; please name the month.", "since 5 nov"),
    ("5/11 unread", "“5/11” may be 5 nov or 11 may; please name the month.", "unread since 5 nov"),
    ("since 9:00 CET", "Times here are in Europe/Rome, the setting TIMEZONE.", "since 09:00"),
    ("since 2026-02-30", f"I don't know when “2026-02-30” {ZONE}", "since 24h"),
    ("spam since 11/20/26", "I can't tell which day “11/20/26” is; I read 12 nov or 2026-11-12.", "spam since 7d"),
    ("since 5/11", "“5/11” may be 5 nov or 11 may; please name the month.", "since 5 nov"),
    ("9am to 10am", "since 09:00 or since 10:00? Only one at a time.", "since 09:00"),
    ("since today since monday", "since today or since monday? Only one at a time.", "since today"),
    # limit
    ("limit", "“limit” needs a number from 1 to 50.", "limit 5"),
    ("top spam", "“top” needs a number from 1 to 50.", "spam limit 5"),
    ("limit 0", "“limit 0” would show nothing.", "limit 5"),
    ("spam limit 500", "I show at most 50 at once; “more” shows the next ones.", "spam limit 50"),
    ("limit " + "9" * 900, "I show at most 50 at once; “more” shows the next ones.", "limit 50"),
    ("limit x", "“x” is not a number from 1 to 50.", "limit 5"),
    ("limit -5", "“-5” is not a number from 1 to 50.", "limit 5"),
    ("limit 2.5", "“2.5” is not a number from 1 to 50.", "limit 5"),
    # people and Pages
    ("user", "“user” needs an ID (digits only).", "user 1234567890"),
    ("user spam", "“user” needs an ID (digits only).", "spam user 1234567890"),
    ("user Ann", "“Ann” is not a user ID (digits only). Names begin with @.", "@ann"),
    ("user 12a", "“12a” is not a user ID (digits only). Names begin with @.", "user 1234567890"),
    ("spam @", "@ needs a name right after it.", "spam @ann.example"),
    ('@" " ig', "@ needs a name right after it.", "instagram @ann.example"),
    ("@" + "a" * 101, "That name is too long.", "@ann.example"),
    ('spam @"Ann', "A quoted name needs its closing quotation mark.", 'spam @"ann example"'),
    ("page", "“page” needs the name of a Page.", "acme"),
    ("page unread", "“page” needs the name of a Page.", "acme unread"),
    ("page bravoo ig", "I don't know any Page “bravoo”. Did you mean Bravo?", "instagram Bravo"),
    ("page zzz", "I don't know any Page “zzz”.", "acme"),
]


COMMANDS = ("help", "more", "mute", "pages", "show", "status", "unwatch", "watch")
NEARBY = Nearby(
    COMMANDS,
    dict.fromkeys(("Ann Example", "lea.dubois", "Bo Ek", "Bo Lindqvist", 'Cy "C" Ó'), Folder.INBOX),
    {"k7fq", "3"}.__contains__,
)


def refusal(text: str, pages: tuple[str, ...] = PAGES) -> QueryError:
    with pytest.raises(QueryError) as caught:
        parse(text, pages, NEARBY, zone=ROME)
    return caught.value


@pytest.mark.parametrize(("text", "query"), UNDERSTOOD)
def test_is_understood(text: str, query: InboxQuery) -> None:
    assert parse(text, PAGES, zone=ROME) == query


@pytest.mark.parametrize(("text", "wrong", "instead"), REFUSED)
def test_is_refused_with_one_line(text: str, wrong: str, instead: str) -> None:
    error = refusal(text)
    assert str(error) == (f"{wrong} For example: inbox {instead}" if instead else wrong)
    assert error.example == (f"inbox {instead}" if instead else "")


@pytest.mark.parametrize(
    "text", ["reply 1 hello", "please delete k7fq", "spam block @ann", "Answer: yes", "can you mark 1"]
)
def test_what_would_write_at_meta_is_told_apart(text: str) -> None:
    error = refusal(text)
    assert isinstance(error, WriteAsked)
    assert error.verb in text.casefold() and error.sentence == f"I only read, so “{error.verb}” has to be done at Meta."


def test_a_page_that_is_called_like_it_goes_first() -> None:
    assert parse("reply", ["Reply"]) == Q(page="Reply")


def test_without_pages_no_page_is_made_up() -> None:
    assert str(refusal("page acme", ())) == "I don't know any Page “acme”."
    assert str(refusal("page", ())) == "“page” needs the name of a Page."


def test_pages_that_differ_only_in_punctuation_are_told_apart() -> None:
    pages = ("Acme!", "Acme?", "-")
    assert parse("acme?", pages) == Q(page="Acme?")
    assert parse("page -", pages) == Q(page="-")
    assert parse("spam … = unread", pages) == Q(folder=SPAM, unread=True)
    assert str(refusal("acme", pages)).startswith("I don't know “acme”. Did you mean ")


def test_an_example_that_is_long_is_left_out() -> None:
    page = "The Very Long Name of a Shop " * 9
    assert str(refusal(f'zebra "{page}"', (page,))) == "I don't know “zebra”."


def test_describe_says_it_in_canonical_words() -> None:
    query = Q(SPAM, INSTAGRAM, "acme", True, False, "ann.example", "a b", "123", 7200, limit=20)
    words = 'spam instagram acme unread answered @ann.example text "a b" user 123 since 2h limit 20'
    assert describe(query) == words
    assert describe(Q()) == ""
    assert [describe(Q(None)), describe(P(name="ann")), describe(Q(name="ann"))] == ["all", "@ann", "inbox @ann"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1s"), (90, "90s"), (5400, "90m"), (86400, "24h"), (90000, "25h"), (172800, "2d"), (604800, "7d")],
)
def test_describe_takes_the_unit_people_would(seconds: int, words: str) -> None:
    assert describe(Q(since=seconds)) == f"since {words}"


@pytest.mark.parametrize(
    ("page", "words"),
    [("spam", "page spam"), ("The", "page The"), ("24", 'page "24"'), ("A B", 'page "A B"')],
)
def test_describe_keeps_a_page_from_being_read_as_something_else(page: str, words: str) -> None:
    assert describe(Q(page=page)) == words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann", "ANN"),
        ("Straße", "STRASSE"),
        ("é", "e\u0301"),
        ("O’Brien", "o'brien"),
        ("Ann \t Example ", "ann\u00a0example"),
        ("ﬁne\u200b", "FINE"),
        ('Ann "Annie" Example', "ann annie example"),
    ],
)
def test_fold_joins_spellings(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(st.text())
def test_fold_is_done_after_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


# One thing each, so that none contradicts another; inner lists are ways of saying the same.
units = st.tuples(
    st.sampled_from(["spam", "Junk,", "folder:spam", "spam?", "—spam"]),
    st.sampled_from(["ig", "INSTAGRAM", "on insta", "instagram."]),
    st.sampled_from(["acme", "page acme", "page=ACME", "“Acme”"]),
    st.sampled_from(["user 123456", "123456", "psid: 123456", "user id 123456"]),
    st.sampled_from(["@Ann", '@"ann"', "“@ann”", "@ann,"]),
    st.sampled_from(["unread", "Unseen!", "--unread", "not read"]),
    st.sampled_from(["waiting", "unanswered", "no reply", "waiting for an answer"]),
    st.sampled_from(['text "A b"', "with the words “a b”", 'text:"a b"']),
    st.sampled_from(["since 2h", "since:2h", "last 2 hours", "since 120 min", "in the past 2h"]),
    st.sampled_from(["limit 5", "top 5", "limit=5.", "last 5", "first 5"]),
    st.sampled_from(["", "please", "show me all the messages of", "and", "-", "…"]),
)


@given(units.flatmap(st.permutations))
def test_words_come_in_any_order(words: list[str]) -> None:
    assert parse(" ".join(words), PAGES) == Q(
        SPAM,
        INSTAGRAM,
        "acme",
        unread=True,
        waiting=True,
        name="ann",
        text="a b",
        user_id="123456",
        since=7200,
        limit=5,
    )


def folded(name: str) -> bool:
    return 0 < len(name) <= 100


pages = st.one_of(
    st.sampled_from(PAGES),
    st.sampled_from(["since", "limit", "user 1", "@acme", "since:2h", "2h", "A, B & C", "-", "page x", "a-"]),
    st.text(max_size=40).filter(fold),
)
lengths = st.none() | st.integers(1, 3650 * 86400) | st.integers(1, 3650).map(lambda days: days * 86400)
names = st.one_of(st.sampled_from(["spam", "'", "a'b", "x, y", "user: 5", "@", "--"]), st.text(max_size=60))
queries = st.builds(
    Q,
    folder=st.none() | st.sampled_from(Folder),
    platform=st.none() | st.sampled_from(Platform),
    page=st.none() | pages,
    user_id=st.none() | st.text("0123456789", min_size=1, max_size=25),
    name=st.none() | names.map(fold).filter(folded),
    unread=st.none() | st.booleans(),
    waiting=st.none() | st.booleans(),
    text=st.none() | names.map(fold).filter(folded),
    since=st.none()
    | st.integers(1, 3650 * 86400)
    | st.integers(1, 3650).map(lambda days: days * 86400)
    | st.builds(
        Since,
        st.sampled_from(["", "today", "yesterday", "last week", "this year", "2026-11-20", "5 nov", "31st", *WEEKDAYS]),
        st.times().map(lambda at: at.replace(second=0, microsecond=0)),
        st.just("UTC"),
    ),
    limit=st.integers(1, 50),
    over=lengths,
    closing=st.none() | st.integers(1, 7 * 86400),
).map(lambda query: replace(query, waiting=True) if query.over or query.closing else query)


@given(queries, st.lists(pages, max_size=3))
def test_what_describe_says_is_understood_again(query: InboxQuery, others: list[str]) -> None:
    spellings = {fold(page): page for page in [*others, *([query.page] if query.page else [])]}
    assert parse(describe(query), list(spellings.values())) == query


def check(text: str, pages: tuple[str, ...]) -> None:
    """Either a query or one harmless line, whose example is understood."""
    try:
        query = parse(text, pages, NEARBY)
    except QueryError as error:
        assert error.sentence and str(error).isprintable() and len(str(error)) <= 320
        words = error.example.removeprefix("inbox ")
        assert (words != error.example) == bool(error.example)
        if words.split(" ")[0] not in COMMANDS:
            assert parse(words, pages) is not None
    else:
        assert parse(describe(query), pages) == query


@given(st.text())
@example("፩")
@example("limit ²")
@example("@'@'")
@example('"@"')
@example("\ud800")
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    check(text, PAGES)


class Looping(QuestionReading):
    """Reads a word that it does not know again and again."""

    taken = 0

    def take(self, typed: str) -> None:
        self.taken += 1
        super().take(typed)

    def unknown(self, typed: str, word: str) -> None:
        self.push(typed, typed)


def test_a_reader_that_would_go_on_for_ever_ends() -> None:
    reading = Looping("spam zebra", PAGES)
    with pytest.raises(QueryError, match="I couldn't follow that"):
        reading.query()
    assert reading.taken == STEPS


class Counting(QuestionReading):
    taken = 0

    def take(self, typed: str) -> None:
        self.taken += 1
        super().take(typed)


@given(
    st.text(max_size=1000) | st.lists(st.sampled_from(["a/b", "1&2", "zebra", '"', "@", "7", "2h", "new"])).map("".join)
)
@example("1/" * 500)
@example("spma,unraed&" * 80)
@example('"' + "a b " * 249 + '"')
def test_no_text_takes_more_steps_than_it_has_letters(text: str) -> None:
    reading = Counting(text, PAGES, NEARBY)
    with suppress(QueryError):
        reading.query()
    assert reading.taken <= 2 * len(text) + 2 < STEPS


def swapped(word: str, at: int) -> str:
    return word[:at] + word[at + 1 : at + 2] + word[at : at + 1] + word[at + 2 :]


texts = [text for text, _ in UNDERSTOOD] + [text for text, _, _ in REFUSED]
vocabulary = st.sampled_from(sorted({word for text in texts for word in text.split() if len(word) < 40}))
mistyped = st.builds(swapped, vocabulary, st.integers(0, 9))


@given(st.lists(vocabulary | mistyped, max_size=8))
def test_any_words_of_the_grammar_get_an_answer(words: list[str]) -> None:
    check(" ".join(words), PAGES)


def test_no_letter_of_unicode_gets_through_unprintable() -> None:
    for code in range(0x110000):
        if unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
            assert fold(f"a{chr(code)}b") in ("ab", "a b")


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("since an hour unread", "unread since 1h"),
        ("since a day spam", "spam since 24h"),
        ("since a week instagram", "instagram since 7d"),
        ("since an hour limit 1", "since 1h limit 1"),
        ("last 2 hours unread", "unread since 2h"),
    ],
)
def test_a_length_of_time_ends_where_it_ends(typed: str, plain: str) -> None:
    assert parse(typed, ["acme"]) == parse(plain, ["acme"])


SECRET = "d9f8e7c6b5a4039281706f5e4d3c2b1a"


@pytest.mark.parametrize("before", ["", "user ", "page ", "limit ", "since ", "last ", "spam ", "@ann "])
def test_what_may_be_a_token_is_not_said_again(before: str) -> None:
    try:
        parse(before + SECRET, PAGES)
    except QueryError as error:
        assert SECRET[:12] not in f"{error} {error.sentence} {error.guess} {error.example}".casefold()
    else:
        raise AssertionError("it was understood")
