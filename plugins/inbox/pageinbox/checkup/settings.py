"""From where the settings were read, and whether newer ones were refused."""

from __future__ import annotations

from collections.abc import Sequence

from pageinbox.model.checkup import Configured, Refused
from pageinbox.model.finding import Finding, State, good


def settings(origins: Sequence[str], refusal: str) -> list[Finding]:
    """The settings in force, which are from `origins`; `refusal` is what is wrong with newer ones, "" for nothing.

    What a Page lacks is told with the Page.
    """
    refused = [Finding(State.ATTENTION, Refused(refusal))] if refusal else []
    return [*refused, good(Configured(tuple(origins)))]
