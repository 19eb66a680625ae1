"""Reactions in Slack: who made them, and that none gets lost because Slack would not tell who that is.

slackv3 hands on the events `reaction_added` and `reaction_removed`, which need the scope `reactions:read`; it looks up
people first, and drops what it can't look up without a word (seen in 0.3.2).
"""

from __future__ import annotations

from typing import Any

from errbot.backends.base import Reaction

from pageinbox.chat.slack.gesture import Gesture
from pageinbox.chat.slack.hearing import Lookups

SLACKBOT = "USLACKBOT"


def hear_reactions(bot: Any) -> None:
    """Let no reaction get lost to a lookup. To be called whenever the bot has connected; again, it changes nothing."""
    if not isinstance(getattr(bot, "_handle_reaction_event", None), HearingReactions):
        bot._handle_reaction_event = HearingReactions(bot)


class HearingReactions:
    """What slackv3 calls with each reaction, instead of its own handler, which can't be given a client."""

    def __init__(self, bot: Any) -> None:
        self._bot = bot

    def __call__(self, event: dict[str, Any], action: str) -> None:
        from slackv3.person import SlackPerson

        client, owner, own = Lookups(self._bot.slack_web), event.get("item_user"), self._bot.bot_identifier
        self._bot.callback_reaction(
            Reaction(
                reactor=SlackPerson(client, event["user"]),
                reacted_to_owner=own if owner == own.userid else SlackPerson(client, owner) if owner else None,
                action=action,
                timestamp=event["event_ts"],
                reaction_name=event["reaction"],
                reacted_to=event["item"],
            )
        )


def is_persons(bot: Any, reaction: Any) -> bool:
    """Whether a reaction is a person's, to a message that may be the bot's. Asks Slack."""
    user, owner, own = reaction.reactor.userid, reaction.reacted_to_owner, bot.bot_identifier.userid
    others = owner is not None and owner.userid.startswith("U") and owner.userid != own
    if others or reaction.reacted_to.get("type") != "message" or user in (own, SLACKBOT):
        return False
    return not Lookups(bot.slack_web).users_info(user=user)["user"].get("is_bot")


def met_as(reaction: Any) -> tuple[str, ...]:
    """What a reaction is known by, that Slack may tell of again."""
    item, who = reaction.reacted_to, reaction.reactor.userid
    return str(item["channel"]), str(item["ts"]), who, reaction.reaction_name, reaction.action, str(reaction.timestamp)


def gesture_of(reaction: Any, command: str) -> Gesture:
    """A command as the same person would have given it in the thread of what they reacted to."""
    item = reaction.reacted_to
    return Gesture(reaction.reactor.userid, frozenset(), command, channel=str(item["channel"]), thread=str(item["ts"]))
