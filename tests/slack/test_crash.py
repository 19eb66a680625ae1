"""The bot is killed while Slack takes its messages: they stand there once."""

from tests.slack.gateway import HANGING, Call, Fault
from tests.slack.test_refusals import tries
from tests.slack.workspace import Workspace, names

SILENT = Fault(hangs=True)
"""Slack neither does what is asked nor answers."""


def test_a_bot_killed_in_the_middle_of_two_messages_says_them_once(alone: Workspace) -> None:
    first = alone.start()
    faults = {alone.watch(): HANGING, alone.watch(): SILENT}
    alone.settled()
    for channel, fault in faults.items():
        alone.gateway.fail(fault, "chat.postMessage", channel, times=1)
    before = len(alone.gateway.calls)
    name, after = f"Killed {next(names)}", f"After {next(names)}"
    alone.writes(name)

    def midway(calls: list[Call]) -> bool:
        there = {channel: tries(calls[before:], channel) for channel in faults}
        return all(
            there[channel] and (bool(there[channel][0].taken) or fault is SILENT) for channel, fault in faults.items()
        )

    alone.gateway.wait_for(midway)
    first.kill()
    alone.gateway.mend()
    alone.writes(after)
    second = alone.start()
    for channel in faults:
        alone.hear(channel, name, after)
    alone.idle()
    for channel, fault in faults.items():
        stands = [str(message) for message in alone.admin.history(channel)]
        assert "repeat" not in str(stands)
        assert [sum(who in message for message in stands) for who in (name, after)] == [1, 1], fault
    assert "Traceback" not in second.log
