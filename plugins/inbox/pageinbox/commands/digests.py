"""The command about digests: to see one now, to have one every day or week, and to end one."""

from __future__ import annotations

from pageinbox.commands.request import Request
from pageinbox.language.digest import DigestAsked, parse_digest
from pageinbox.model.digest import Digest, DigestSpec, Rhythm
from pageinbox.model.post import Post
from pageinbox.model.query import InboxQuery
from pageinbox.model.statistics import DAY
from pageinbox.words import digests as words
from pageinbox.words import refusals


def digest(request: Request) -> Post:
    """Show a digest now, let the room have one, or end one. Raises QueryError and LedgerError."""
    asked = parse_digest(request.words, request.answers.pages, zone=request.zone)
    own = request.service().digests.standing(request.room)
    if asked.end:
        return end(request, asked, own)
    if not asked.lists.sources(request.settings.pages.values()):
        return refusals.not_read(InboxQuery(platform=asked.lists.platform, page=asked.lists.page))
    return show(request, asked, own) if asked.rhythm is None else keep(request, asked, asked.rhythm, own)


def keep(request: Request, asked: DigestAsked, rhythm: Rhythm, own: list[Digest]) -> Post:
    """Let the room have a digest, in place of the one that it has of the same lists."""
    service, pages, spec = request.service(), request.settings.pages, DigestSpec(asked.lists, rhythm)
    unwatched = not {*spec.lists.sources(pages.values())} <= {*service.poll.wanted()}
    made, before = service.digests.keep(request.room, spec)
    service.wake()
    post = words.kept(
        made,
        spec,
        before,
        pages,
        request.clock(),
        direct=request.direct,
        alone={each.number for each in own} <= {made.number},
        unwatched=unwatched,
    )
    return post if request.finds_again() else refusals.may_not_arrive(post, direct=request.direct)


def show(request: Request, asked: DigestAsked, own: list[Digest]) -> Post:
    """What the room's digest would say now; without lists that of its first digest."""
    service, pages, now = request.service(), request.settings.pages, request.clock()
    known = [(each, each.spec) for each in own if each.spec is not None]
    like = [(each, spec) for each, spec in known if not asked.named or spec.lists == asked.lists]
    mine, spec = like[0] if like else (None, DigestSpec(asked.lists, Rhythm(zone=request.zone)))
    if not {*spec.lists.sources(pages.values())} & {*service.poll.wanted()}:
        return words.nobody_watches(spec.lists, pages)
    begin = now - DAY if mine is None else mine.begin(spec, now)
    post = service.digest_writer.shown(spec, begin, request.ceiling)
    others = [each for each in own if each is not mine] if not asked.named else []
    return words.shown(post, spec.lists, mine, others)


def end(request: Request, asked: DigestAsked, own: list[Digest]) -> Post:
    """End the room's digest, that of the lists that are named, or all."""
    service, pages = request.service(), request.settings.pages
    named = [each for each in own if each.spec is not None and each.spec.lists == asked.lists]
    meant = named if asked.named and not asked.every else own
    if not meant:
        return words.none_here(asked.lists if asked.named else None, own, pages)
    if len(meant) > 1 and not asked.every:
        return words.which(meant, pages)
    for each in meant:
        service.digests.end(each)
    service.wake()
    return words.ended([each.spec for each in meant], pages)
