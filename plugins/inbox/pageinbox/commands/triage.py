"""The commands by which the team shares the work: claim, release, done, reopen, snooze, unsnooze, note.

What they make are marks of the team's own, of which Meta never hears.
"""

from __future__ import annotations

from msgspec import structs

from pageinbox.ask.answers import UnknownRef
from pageinbox.commands.questions import ask_instead
from pageinbox.commands.replied import PLAIN
from pageinbox.commands.request import Request
from pageinbox.language.mute import CALLED, parse_target
from pageinbox.language.ping import say_ping
from pageinbox.language.reader import QueryError
from pageinbox.language.triage import AT_MOST, MAX_SNOOZE, Marking, parse_marking, parse_note, parse_snooze
from pageinbox.language.vocabulary import GRAMMAR
from pageinbox.language.watch import describe_watch
from pageinbox.model.act import ActKind
from pageinbox.model.answer import Named
from pageinbox.model.calendar import Until
from pageinbox.model.chat import ChatError, NotPinged
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Line, Post
from pageinbox.model.text import bare, fold
from pageinbox.model.text import named as named_so
from pageinbox.model.watch import WatchSpec
from pageinbox.settings.reading import Settings
from pageinbox.words import refusals
from pageinbox.words import triage as words
from pageinbox.words.common import label
from pageinbox.words.mutes import called

HOUR = 3600
SOME_TIME = "For example: until tomorrow 9:00"


def claim(request: Request) -> Post:
    """Take a conversation, or give it to somebody. Raises QueryError, UnknownRef and LedgerError."""
    asked = marking(request, to_somebody=True)
    if not asked.target.word:
        return refusals.nothing_named("claim")
    named = request.answers.find(request.reader, asked.target.word)
    person, giver, mention = request.person, "", None
    if asked.who:
        try:
            person, mention = request.member(asked.who)
        except ChatError as error:
            near = error.nearest if isinstance(error, NotPinged) else ""
            return words.not_found(
                f"@{asked.who}", str(error), f"inbox claim {named.ref} {say_ping(near)}" if near else ""
            )
        giver = "" if person.id == request.person.id else request.person.name
    item, acts = last_seen(request, named), request.service().acts
    held = acts.mark(ActKind.CLAIM, named.source, named.conversation_id, person, request.room, item=item, giver=giver,
                     over=asked.over)  # fmt: skip
    name, now, hours = name_of(request, named, item), request.clock(), request.settings.claim_hours
    if held is not None and held.by.id == person.id:
        return words.held_already(name, held, now, theirs=bool(giver))
    if held is not None:
        whom = f" {say_ping(asked.who)}" if PLAIN.fullmatch(asked.who) and asked.who else ""
        return words.held(name, held, now, f"inbox claim {named.ref}{whom} over")
    request.service().wake()
    if giver:
        return seeing(request, named, words.given(name, person, mention, now + hours * HOUR, now))
    return seeing(request, named, words.claimed(name, person, now + hours * HOUR, now, hours))


def release(request: Request) -> Post:
    """Give a conversation back. Raises QueryError, UnknownRef and LedgerError."""
    asked = meant(request)
    if not asked.target.word:
        return refusals.nothing_named("release")
    named = request.answers.find(request.reader, asked.target.word)
    held = request.service().acts.end(ActKind.CLAIM, named.conversation_id, request.person, own=not asked.over)
    name = name_of(request, named, last_seen(request, named))
    if held is None:
        return words.nobody_has(name, f"inbox claim {named.ref}")
    if held.ended is None:
        return words.not_theirs(name, held, request.clock(), f"inbox release {named.ref} over")
    request.service().wake()
    return words.released(name)


def done(request: Request) -> Post:
    """Mark a conversation as done; what names none is a question about Meta's folder of that name.

    Raises QueryError, UnknownRef and LedgerError.
    """
    unknown: UnknownRef | None = None
    named: Named | None = None
    word = parse_target(request.words).word
    try:
        if word := meant(request).target.word:
            named = request.answers.find(request.reader, word)
    except UnknownRef as error:
        if word.isdecimal():
            raise
        meant_one = CALLED.fullmatch(word) or any(named_so(fold(word), name) for name in request.people())
        unknown = error if meant_one and word == bare(request.words) and word not in GRAMMAR else None
    except QueryError:
        if word.isdecimal() or request.is_conversation(word):
            raise  # else they are words that make a question, perhaps
    if named is None:
        try:
            return ask_instead(structs.replace(request, words=f"done {request.words}".strip()))
        except QueryError as error:
            if unknown is None or (error.guess and not error.guess.startswith("@")):
                raise
            raise unknown from None
    item, service = last_seen(request, named), request.service()
    with service.asked():
        held = service.acts.mark(ActKind.DONE, named.source, named.conversation_id, request.person, request.room,
                                 item=item)  # fmt: skip
    name = name_of(request, named, item)
    if held is not None:
        return words.done_already(name, held, request.clock())
    request.service().wake()
    return seeing(request, named, words.done(name, request.person, f"inbox reopen {named.ref}"))


def reopen(request: Request) -> Post:
    """Take back that a conversation is done. Raises QueryError, UnknownRef and LedgerError."""
    return ended(request, "reopen", ActKind.DONE)


def unsnooze(request: Request) -> Post:
    """Wake a conversation that is snoozed. Raises QueryError, UnknownRef and LedgerError."""
    return ended(request, "unsnooze", ActKind.SNOOZE)


def ended(request: Request, command: str, kind: ActKind) -> Post:
    """End a mark that anybody of the team may end."""
    asked = meant(request)
    if not asked.target.word:
        return refusals.nothing_named(command)
    named = request.answers.find(request.reader, asked.target.word)
    held = request.service().acts.end(kind, named.conversation_id, request.person)
    name = name_of(request, named, last_seen(request, named))
    if held is None:
        return words.not_done(name) if kind is ActKind.DONE else words.not_snoozed(name)
    request.service().wake()
    return words.reopened(name) if kind is ActKind.DONE else words.woken(name)


def snooze(request: Request) -> Post:
    """Put a conversation off until then. Raises QueryError, UnknownRef and LedgerError."""
    try:
        target, moment = parse_snooze(request.words, request.zone)
    except QueryError:
        by_name(request)
        raise
    if not target.word:
        return refusals.nothing_named("snooze")
    named = request.answers.find(request.reader, target.word)
    now = request.clock()
    until = moment.after(now) if isinstance(moment, Until) else now + moment
    if until is None:
        return words.earlier_today(named.ref)
    if until - now > MAX_SNOOZE:
        raise QueryError(AT_MOST, f"inbox snooze {named.ref} for 90d")
    item = last_seen(request, named)
    acts, room = request.service().acts, request.room
    acts.mark(ActKind.SNOOZE, named.source, named.conversation_id, request.person, room, item=item, until=until,
              over=True)  # fmt: skip
    request.service().wake()
    post = words.snoozed(name_of(request, named, item), until, now, f"inbox unsnooze {named.ref}")
    return seeing(request, named, post)


def note(request: Request) -> Post:
    """Keep a few words on a conversation. Raises QueryError, UnknownRef and LedgerError."""
    word, text = parse_note(request.words)
    if not word:
        return refusals.nothing_named("note")
    named = request.answers.find(request.reader, word)
    if not text:
        return words.nothing_noted(named.ref)
    item = last_seen(request, named)
    acts = request.service().acts
    acts.mark(ActKind.NOTE, named.source, named.conversation_id, request.person, request.room, item=item, words=text)
    name = name_of(request, named, item)
    return words.noted(name, f"inbox show {named.ref}", shown=request.ceiling.names)


def misread(text: str, settings: Settings, now: float) -> str:
    """What is wrong with the words of a `snooze` or a `note`, which stand in `text`, as a sentence; empty for nothing.

    Nothing is looked up and nothing done, so that it can be told while somebody is still writing.
    """
    word, _, rest = text.strip().partition(" ")
    try:
        if word == "note":
            parse_note(rest)
        elif word == "snooze":
            _, moment = parse_snooze(rest, str(settings.timezone))
            if isinstance(moment, Until) and moment.after(now) is None:
                return f"That time has passed. {SOME_TIME}"
    except QueryError as error:
        return f"{error.sentence} {SOME_TIME}" if word == "snooze" else error.sentence
    return ""


def by_name(request: Request) -> None:
    """Raise UnknownRef where the words name somebody in the last list, as in `Ann Example for 2h`."""
    word = parse_target(request.words).word
    if word and not request.is_conversation(word) and any(named_so(fold(word), name) for name in request.people()):
        raise UnknownRef(word)


def marking(request: Request, *, to_somebody: bool = False) -> Marking:
    """What the words name. Raises QueryError and UnknownRef."""
    try:
        return parse_marking(request.words, to_somebody=to_somebody)
    except QueryError:
        by_name(request)
        raise


def meant(request: Request) -> Marking:
    """Which conversation a command is about that nobody else can be named for. Raises QueryError and UnknownRef."""
    asked = marking(request)
    if asked.who:
        raise QueryError(f"I don't know what to do with “@{asked.who}”.")
    return asked


def seeing(request: Request, named: Named, post: Post) -> Post:
    """The post, with a warning where nobody would see what comes of a mark: in a list that is not watched."""
    source = named.source
    if source in request.service().poll.wanted():
        return post
    page = source.page if len(request.settings.pages) > 1 else None
    spec = WatchSpec(folder=source.folder, platform=source.platform, page=page)
    return words.unwatched(post, label(request.settings.pages[source.page], source), describe_watch(spec))


def last_seen(request: Request, named: Named) -> Conversation | None:
    """A conversation as it was seen last, in a list or by the room; None where that is not known."""
    rows = (row.conversation for row in request.answers.rows(request.reader) if row.ref == named.ref)
    return request.answers.seen(named) or next(rows, None)


def name_of(request: Request, named: Named, item: Conversation | None) -> Line:
    """What a conversation is called in an answer."""
    return called(named.ref, item, request.ceiling)


def takes_rest(request: Request) -> str | None:
    """The words of a command behind the conversation it replies to; None where they name one, or make no sense."""
    try:
        return None if parse_marking(request.words).target.word else request.words
    except QueryError:
        return None


def takes_time(request: Request) -> str | None:
    """The same for `snooze`."""
    try:
        return None if parse_snooze(request.words, request.zone)[0].word else request.words
    except QueryError:
        return None


def takes_words(request: Request) -> str | None:
    """The same for `note`, whose words may begin with any but a ref."""
    first = request.words.partition(" ")[0]
    return None if not first.isdecimal() and request.is_conversation(first) else request.words
