"""What a refusal leads on to: the nearest command, conversation or name, and a way to do at Meta what I can't."""

from __future__ import annotations

import re
from contextlib import suppress

from pageinbox.ask.answers import UnknownRef
from pageinbox.commands.command import Command
from pageinbox.commands.replied import announced
from pageinbox.commands.request import Request
from pageinbox.language.nearest import nearest
from pageinbox.language.reader import QueryError
from pageinbox.language.vocabulary import (
    FILLERS,
    FOLDERS,
    GRAMMAR,
    LAST,
    PLATFORMS,
    REFUSED,
    SINCE,
    SYNONYMS,
    TRIAGE,
    WATCH_WORDS,
    WRITING,
    say,
)
from pageinbox.model.answer import Named
from pageinbox.model.errors import LedgerError
from pageinbox.model.post import Post
from pageinbox.model.source import Folder
from pageinbox.model.text import UNSAFE, bare, fold, named
from pageinbox.words import refusals
from pageinbox.words.mutes import called

MOST_LOOKED_UP = 10
"""Words of a request to write that may name the conversation; each may be looked for in the ledger."""

ERASING = {"delete", "erase", "remove"}
"""What somebody may call it who wants nothing kept of a conversation."""

LIKE_A_NAME = re.compile(r"[^\W\d_]+(?:[ '’-][^\W\d_]+){0,3}")
"""Words that may be somebody's name, or in a message."""

NO_VOWEL = re.compile("[b-df-hj-np-tv-z]+")
"""Letters that are no name, but a ref that nobody knows."""

LONGEST = 200
"""Characters of a corrected command; of a longer one only the conversation is said."""


def unknown_conversation(request: Request, command: str, name: str) -> Post:
    """`command` was given `name`, which is no ref and no row here: the nearest one, by ref or by person."""
    first, *others = re.split("[,;&+]", bare(name))
    if others and request.is_conversation(first):
        return refusals.one_at_a_time(command, first)
    wanted = fold(bare(name).removeprefix("@"))
    if command in ("mute", "unmute") and wanted in {*FOLDERS, *PLATFORMS, *map(fold, request.answers.pages)}:
        return refusals.muted_by_watch(command)
    rows_named = request.named_rows() if wanted and not wanted.isdecimal() else ()
    people = [row for row in rows_named if named(wanted, row.conversation.name)]
    if len({fold(row.conversation.name or "") for row in people}) > 1:
        return refusals.several_people(name, f"inbox @{wanted}")
    rows = {row.ref: row for row in request.answers.rows(request.reader)}
    near = people[0].ref if people else nearest(bare(name), rows, 0.7)
    if not near and name.isdecimal():
        return refusals.unknown_ref(name)
    if not near:
        words = name if command in ("forget", "note") else " ".join(request.words.split())
        known = {fold(words), *fold(words).split()} & {*request.commands, *SYNONYMS, *WRITING, *GRAMMAR}
        letters = LIKE_A_NAME.fullmatch(words) and not UNSAFE.search(words) and not NO_VOWEL.fullmatch(fold(words))
        post = refusals.unknown_ref(name)
        is_name = request.ceiling.names and letters and not known
        return refusals.rather_person(post, f"inbox {say('name', words)}") if is_name else post
    surname = "".join(rf"(?:\s+{re.escape(word)})?" for word in fold(rows[near].conversation.name or "").split())
    typed = f'"?{re.escape(name)}{surname if people else ""}"?'
    corrected = re.sub(typed, lambda _: near, request.words, count=1, flags=re.IGNORECASE)
    if near not in corrected or len(corrected) > LONGEST or UNSAFE.search(corrected):
        corrected = near
    who = called(near, rows[near].conversation, request.ceiling)
    return refusals.unknown_ref(name, f"inbox {command} {corrected}", who)


def misunderstood(request: Request, command: Command, error: QueryError) -> Post:
    """Words that could not be read; where nothing comes near them, how to look for them in messages or as a name."""
    post, words = refusals.misunderstood(error.sentence, error.guess, error.example), " ".join(request.words.split())
    watch = "watch " if command.word == "watch" else ""
    if watch and not error.sentence.startswith("I don't know “"):
        return post
    words = without_fillers(words)
    offered = (command.word and not watch) or error.guess or error.example or REFUSED.keys() & fold(words).split()
    known = FILLERS | (WATCH_WORDS | LAST | SINCE if watch else set())
    if offered or known & {*fold(words).split()} or not LIKE_A_NAME.fullmatch(words) or UNSAFE.search(words):
        return post
    text, name = f"inbox {watch}{say('text', words)}", f"inbox {watch}{say('name', words)}"
    return refusals.rather_looked_for(post, text, name)


def without_fillers(words: str) -> str:
    """Words without the fillers at both ends: `Ann Lee` of `who is Ann Lee`."""
    left = words.split()
    while left and bare(left[0]) in FILLERS | {""}:
        left.pop(0)
    while left and bare(left[-1]) in FILLERS | {""}:
        left.pop()
    return " ".join(left)


def reads_only(request: Request, verb: str) -> Post:
    """Somebody wants to write or change something: where at Meta that can be done."""
    found: list[Named] = []
    for word in request.words.split()[:MOST_LOOKED_UP]:
        try:
            found = [request.answers.find(request.reader, word)]
        except UnknownRef:
            continue
        break
    else:
        with suppress(LedgerError):
            found = announced(request) or person_shown(request)
    if len(found) == 1:
        instead = team_command(request, verb, found[0].ref)
        post = refusals.reads_only(verb, [conversation_at_meta(request, found[0])], instead)
        return refusals.rather_forgotten(post, found[0].ref) if verb in ERASING else post
    pages, words = request.settings.pages, {fold(word) for word in request.words.split()}
    meant = [page for name, page in pages.items() if fold(name) in words] or list(pages.values())
    links = [((f"{page.title}'s inbox",), page.inbox_link) for page in meant]
    number = next((word for word in map(bare, request.words.split()) if re.fullmatch("[1-9][0-9]?", word)), "1")
    return refusals.reads_only(verb, links, team_command(request, verb, number))


def person_shown(request: Request) -> list[Named]:
    """The conversation in the last list with the one person there whose name has one of the words in it."""
    words = {*map(fold, request.words.split()[:MOST_LOOKED_UP])} - FILLERS
    rows = request.named_rows()
    refs = [row.ref for row in rows if words & {*re.split("[ ._-]", fold(row.conversation.name or ""))}]
    return [request.answers.find(request.reader, ref) for ref in refs] if len(refs) == 1 else []


def team_command(request: Request, verb: str, name: str) -> str:
    """The command by which the team can do the like of it for itself; empty where there is none."""
    command, words = TRIAGE.get(verb, ""), request.words.split()
    if verb in ("mark", "move") and not any(FOLDERS.get(bare(word)) is Folder.DONE for word in words):
        return ""
    to_whom = re.search(r"\bto @?(?!me\b)(\w+)$|@(\w+)", request.words, re.ASCII | re.IGNORECASE)
    whom = f"@{to_whom[1] or to_whom[2]}" if to_whom else "@…" if "@" in request.words else ""
    behind = {"claim": f" {whom}".rstrip(), "note": " …"}.get(command, "")
    return f"inbox {command} {name}{behind}" if command else ""


def conversation_at_meta(request: Request, found: Named) -> refusals.AtMeta:
    """A conversation, and the link to it, or to its Page's inbox where Meta gave none."""
    seen = request.answers.seen(found)
    link = (seen and seen.link) or request.settings.pages[found.source.page].inbox_link
    return called(found.ref, seen, request.ceiling), link


def command_asked(request: Request, words: str) -> str | None:
    """The command that `!inbox help …` is about: its word, "" for `!inbox` itself, None for all of them.

    A word that can stand behind a command is about that command. Raises QueryError for one that there is none of.
    """
    asked = [word for word in map(bare, words.split()) if word in request.commands or word not in FILLERS | {""}]
    word = next((word for word in asked if word != "inbox"), "")
    singular = word.removesuffix("s")
    if word not in request.commands and singular in request.commands:
        return singular
    if word in request.commands or not word:
        return word if asked else None
    if SYNONYMS.get(word) == "help":
        return None
    if word in GRAMMAR | WATCH_WORDS:
        return "" if word in GRAMMAR else "watch"
    near = "forget" if word in ERASING else SYNONYMS.get(word) or nearest(word, request.commands)
    shown = "…" if UNSAFE.search(word) else word
    raise QueryError(f"There is no command “{shown}”.", f"inbox help {near}" if near else "", near)
