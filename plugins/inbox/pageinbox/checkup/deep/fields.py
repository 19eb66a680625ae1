"""First contact: which fields a conversation has on a platform, and its messages, their attachments and shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pageinbox.checkup.deep.asker import Answer, Asker, Row, things_in
from pageinbox.graph.automatic import INSTANT_REPLY
from pageinbox.graph.naming import fields_named
from pageinbox.model.contact import Finding, Question, Verdict
from pageinbox.model.source import Platform

THREADS = (
    "link", "snippet", "unread_count", "message_count", "can_reply", "is_subscribed", "senders", "former_participants",
    "scoped_thread_key", "folder", "name", "is_owner",
)  # fmt: skip
MESSAGES = ("tags", "sticker", "story", "reactions", "reply_to", "is_unsupported", "is_deleted")
ATTACHMENTS = ("mime_type", "name", "size", "image_data", "video_data", "file_url", "generic_template")
SHARES = ("link", "name", "description", "type", "template")

FEW = 10
"""Conversations whose messages are asked for: Meta refuses what is too much at once."""


def messages_of(row: Row) -> Sequence[Row]:
    return things_in(row.get("messages"))


def carried(name: str) -> Callable[[Row], Sequence[Row]]:
    return lambda row: [thing for message in messages_of(row) for thing in things_in(message.get(name))]


class Group(NamedTuple):
    """Fields of one kind of node: how they are asked for, and where the nodes are in a conversation."""

    question: Question
    names: Sequence[str]
    spelt: str
    nodes: Callable[[Row], Sequence[Row]]


GROUPS = (
    Group(Question.THREAD_FIELD, THREADS, "id,{}", lambda row: [row]),
    Group(Question.MESSAGE_FIELD, MESSAGES, "id,messages.limit(4){{id,{}}}", messages_of),
    Group(
        Question.ATTACHMENT_FIELD,
        ATTACHMENTS,
        "id,messages.limit(4){{id,attachments{{{}}}}}",
        carried("attachments"),
    ),
    Group(Question.SHARE_FIELD, SHARES, "id,messages.limit(4){{id,shares{{{}}}}}", carried("shares")),
)
MOST = sum(len(group.names) + 1 for group in GROUPS)
"""Calls at most for one platform: each refusal takes a field out, or each is asked for by itself."""


def fields(asker: Asker, platform: Platform) -> Iterator[Finding]:
    """What is found of all fields that anybody knows of. Raises what `Asker` raises."""
    for group in GROUPS:
        yield from of_group(asker, platform, group)


def of_group(asker: Asker, platform: Platform, group: Group) -> Iterator[Finding]:
    """All fields at once, and less where some are refused by name; each by itself where it is not said which."""
    left = list(group.names)
    while left:
        answer = asker.list(platform, fields=group.spelt.format(",".join(left)), limit=str(FEW))
        if answer.failure is None:
            nodes = [node for row in answer.rows for node in group.nodes(row)]
            yield from (found(group, platform, name, nodes) for name in left)
            if group.question is Question.MESSAGE_FIELD:
                yield tagged(platform, nodes)
            return
        named = sorted(fields_named(answer.words, left), key=left.index)
        if not named:
            break
        for name in named:
            yield refused(group, platform, name, answer)
            left.remove(name)
    for name in left:
        answer = asker.list(platform, fields=group.spelt.format(name), limit=str(FEW))
        if answer.failure is not None:
            yield refused(group, platform, name, answer)
        else:
            yield found(group, platform, name, [node for row in answer.rows for node in group.nodes(row)])


def refused(group: Group, platform: Platform, name: str, answer: Answer) -> Finding:
    return Finding(
        question=group.question, verdict=answer.verdict, platform=platform, what=name, failure=answer.failure
    )


def found(group: Group, platform: Platform, name: str, nodes: Sequence[Row]) -> Finding:
    """How many of the nodes have the field."""
    having = sum(node.get(name) is not None for node in nodes)
    if not nodes:
        verdict = Verdict.UNTOLD
    elif not having:
        verdict = Verdict.NEVER
    else:
        verdict = Verdict.ALWAYS if having == len(nodes) else Verdict.SOMETIMES
    return Finding(question=group.question, verdict=verdict, platform=platform, what=name)


def tagged(platform: Platform, messages: Sequence[Row]) -> Finding:
    """Whether any of the messages is marked as an automatic reply."""
    tags = {tag.get("name") for message in messages for tag in things_in(message.get("tags"))}
    verdict = Verdict.YES if INSTANT_REPLY in tags else Verdict.NO if tags else Verdict.UNTOLD
    return Finding(question=Question.TAG, verdict=verdict, platform=platform, what=INSTANT_REPLY)
