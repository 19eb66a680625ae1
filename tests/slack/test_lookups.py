"""Slack does not tell who writes, or where, or not now: no command is lost to that, in either mode."""

import pytest

from tests.slack.gateway import Fault, limited, missing_scope, refusal
from tests.slack.workspace import Workspace

FAULTS: dict[str, tuple[Fault, int]] = {
    "put off once": (limited(0), 1),
    "ratelimited": (refusal("ratelimited"), 1_000_000),
    "user_not_found": (refusal("user_not_found"), 1_000_000),
    "channel_not_found": (refusal("channel_not_found"), 1_000_000),
    "missing_scope": (missing_scope("channels:read"), 1_000_000),
}


@pytest.mark.parametrize("method", ["users.info", "team.info", "conversations.info"])
@pytest.mark.parametrize("fault", FAULTS)
def test_a_command_is_answered_in_a_channel_and_in_private(team: Workspace, method: str, fault: str) -> None:
    ann = team.people["ann"]
    channel, direct = team.channel(ann), ann.direct()
    what, times = FAULTS[fault]
    for where in (channel, direct):
        team.gateway.fail(what, method, times=times)
        assert "200300400" in team.ask(ann, "!inbox pages", where)
        team.gateway.mend()
