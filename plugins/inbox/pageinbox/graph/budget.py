"""How often one Page may be asked: one request at a time, paced, people before background work.

Meta allows two Conversations calls a second for each Page and for each Instagram account (Messenger Platform
overview, rate limits). Usage headers tell in percent how much of the larger allowances is gone; above 100 %, or on an
error that says so, every further call lengthens the wait.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

from pageinbox.graph.usage import Usage, usage_in
from pageinbox.model.backoff import Backoff
from pageinbox.model.errors import Blocked, GraphError, ProofWrong, Throttled, TokenDead, Unavailable

CALLS_A_SECOND = 2
BACKGROUND_SPACING = 1.0

SLOWER_FROM, PAUSED_FROM = 75, 90
"""Percent of an allowance from which background work slows down, and from which it makes no call."""

SLOWEST = 4.0
"""How many times as long background work takes over everything just before it pauses."""

BELIEVED = 3600.0
"""Seconds for which a usage figure holds background work back: Meta counts over a rolling hour (Graph API overview,
rate limiting), and a header that is left out later would else slow a Page down for good."""

REST = 15.0
"""Seconds for which a Page that kept somebody waiting for long is not asked."""

CLOSED = Backoff(first=300.0, longest=3600.0)
"""How long a Page is left alone when Meta does not say."""

PROBE = Backoff(first=60.0, longest=3600.0)
"""How long background work leaves a Page alone whose token Meta refuses: in an outage of Meta's good ones are, too."""

PAUSE = 300.0
"""Seconds for which background work makes no call near the end of an allowance, when Meta does not say how long."""

NOTHING = Usage(None, None)


class Budget:
    """The allowance of one Page.

    `clock` gives seconds that never go back (others measure by it too), `sleep` waits that many seconds; without
    `paced` there are no pauses between calls, which is only for a server without limits.
    """

    def __init__(self, clock: Callable[[], float], sleep: Callable[[float], object], *, paced: bool = True) -> None:
        self.clock = clock
        self._sleep = sleep
        self._paced = paced
        self._state = threading.Condition()
        self._busy = False
        self._people_waiting = 0
        self._ended: deque[float] = deque([float("-inf")] * CALLS_A_SECOND, CALLS_A_SECOND)
        self._closed_until = float("-inf")
        self._closed_by: GraphError | None = None
        self._in_vain = 0
        self._paused_until = self._believed_until = float("-inf")
        self._stopped_by: GraphError | None = None
        self._stopped_until = float("-inf")
        self._probes = 0
        self._allowances = 0
        self.usage: int | None = None
        """The highest percentage the latest usage headers named; None before any came."""

    @contextmanager
    def turn(self, *, background: bool = False, proves: bool = True) -> Iterator[None]:
        """The right to make one call, waited for; people go before background work.

        Unless it `proves` that the Page may be called, its going well ends nothing that an error began.

        Raises the error that closed the Page while that still holds, with the seconds left in `retry_after`. A
        `Throttled` or `Blocked` raised within the turn closes the Page before anybody else's, and so does an
        `Unavailable` that says for how long.

        Background work is refused more: with `Throttled` from 90 % of an allowance on and for as long as Meta
        says that access takes to return, and with the error that stopped it. A `TokenDead` or
        `ProofWrong` raised within the turn stops it for a minute, and twice as long whenever the first call afterwards
        is refused again, up to an hour. Any turn that goes well lets it go on.
        """
        with self._state:
            self._people_waiting += not background
            allowances = self._allowances
        try:
            pause = self._queue(background)
        finally:
            with self._state:
                self._people_waiting -= not background
                self._state.notify_all()
        try:
            if pause > 0:
                self._sleep(pause)
            yield
        except (Throttled, Blocked) as why:
            self.close(why)
            raise
        except Unavailable as why:
            if why.retry_after and allowances == self._allowances:  # or it was by the address of old settings
                self.rest(why)
            raise
        except (TokenDead, ProofWrong) as why:
            # Of a call that was under way when the settings changed: it used the token of the old ones.
            if allowances == self._allowances:
                self.stop(why, probed=background)
            raise
        else:
            self._in_vain = 0 if proves else self._in_vain
            if proves and allowances == self._allowances:
                self._stopped_by, self._probes = None, 0
        finally:
            with self._state:
                self._ended.append(self.clock())
                self._busy = False
                self._state.notify_all()

    def _queue(self, background: bool) -> float:
        """Wait until it is one's turn, take it, and give the pause that is still due.

        Background work pauses before its turn, so that a person who comes meanwhile goes first.
        """
        paused_after = None
        while True:
            with self._state:
                while self._busy or (background and self._people_waiting):
                    self._state.wait()
                self._refuse(background)
                pause = self._pause(background)
                if not background or pause <= 0 or paused_after == self._ended[-1]:
                    self._busy = True
                    if background and self._held_by() >= PAUSED_FROM:
                        # This call is to tell whether the figure fell; what it tells overrules the pause.
                        self._paused_until = self.clock() + PAUSE
                    return 0.0 if background else pause
                paused_after = self._ended[-1]
            self._sleep(pause)

    def _pause(self, background: bool) -> float:
        """Seconds until the next call may begin; counted from the end of earlier ones.

        When Meta counted a call is not known, but it was not later than its end.
        """
        if not self._paced:
            return 0.0
        free = self._ended[0] + 1.0
        if background:
            free = max(free, self._ended[-1] + BACKGROUND_SPACING * self.slowness())
        return free - self.clock()

    def _refuse(self, background: bool) -> None:
        if background and self._stopped_by is not None and self.clock() < self._stopped_until:
            raise again(self._stopped_by, self._stopped_until - self.clock())
        if self._closed_by is not None and (left := self.closed_for()):
            raise again(self._closed_by, left)
        if background and (left := self.paused_for()):
            used = self._held_by()
            why = f"{used}% of what Meta allows is used" if used >= PAUSED_FROM else "Meta asks me to wait"
            raise Throttled(why, retry_after=left)

    def stop(self, why: GraphError, *, probed: bool) -> None:
        """Refuse background work with this error until it is time to probe, `allow`, or until a call goes well.

        So nobody hammers a token that is dead. `probed` tells that background work found out; people who ask meanwhile
        put no probe off.
        """
        with self._state:
            if probed or self._stopped_by is None:
                self._probes += 1
                self._stopped_until = self.clock() + PROBE.pause(self._probes)
            self._stopped_by = why
            why.retry_after = max(0.0, self._stopped_until - self.clock())
            self._state.notify_all()

    @property
    def refused(self) -> GraphError | None:
        """What stopped background work; None where nothing does, or a call has gone well since."""
        return self._stopped_by

    def allow(self) -> None:
        """Let background work go on after `stop`, and everything after `rest`: the settings have changed."""
        with self._state:
            self._stopped_by, self._probes = None, 0
            self._allowances += 1
            if isinstance(self._closed_by, Unavailable):  # it may have been a proxy or an address
                self._closed_until, self._closed_by = float("-inf"), None

    def _held_by(self) -> int:
        """The percentage that holds background work back; 0 when none is known, or none that is still believed."""
        return self.used or 0

    @property
    def used(self) -> int | None:
        """The highest percentage of any allowance, as far as that is still believed; None where nothing is known."""
        return self.usage if self.clock() < self._believed_until else None

    def slowness(self) -> float:
        """How many times as long background work is to wait between two looks: 1 below 75 %, 4 from 89 % on."""
        steps = min(max(self._held_by() - SLOWER_FROM + 1, 0) / (PAUSED_FROM - SLOWER_FROM), 1.0)
        return 1.0 + steps * (SLOWEST - 1.0)

    def spacing(self) -> float:
        """Seconds until background work makes its next call, by its own pace; 0 when it may at once."""
        with self._state:
            return max(0.0, self._pause(background=True))

    def paused_for(self) -> float:
        """Seconds until background work may call again, as far as usage figures hold it back; 0 when they do not."""
        return max(0.0, self._paused_until - self.clock())

    def close(self, why: Throttled | Blocked) -> None:
        """Refuse every turn for `why.retry_after` seconds; a longer wait already in force stays.

        Where that is 0, Meta having named no time, it is set: to five minutes, and twice as long whenever the first
        call afterwards closes the Page again, up to an hour.
        """
        with self._state:
            self._in_vain += 1
            why.retry_after = why.retry_after or CLOSED.pause(self._in_vain)
            until = self.clock() + why.retry_after
            if until > self._closed_until:
                self._closed_until, self._closed_by = until, why

    def rest(self, why: Unavailable) -> None:
        """Refuse every turn for a short while: the Page took too long, and whoever asks next shall not wait as long.

        It is for `why.retry_after` seconds where a gateway has named them.
        """
        with self._state:
            until = self.clock() + (why.retry_after or REST)
            if until > self._closed_until:
                self._closed_until, self._closed_by = until, why

    def closed_for(self) -> float:
        """Seconds until calls are allowed again; 0 when they are."""
        return max(0.0, self._closed_until - self.clock())

    def learn(self, headers: Mapping[str, str], own: str = "", others: Collection[str] = ()) -> float:
        """Note the usage headers of a reply, and give the seconds they say access is away (0: they name none).

        They may tell of other Pages too: `own` is the id of this one, `others` are those of others. From 90 % on
        background work is paused for those seconds, or for five minutes; seconds are obeyed whatever the percentage.
        """
        told = usage_in(headers, own, others)
        with self._state:
            if told.percent is not None:
                self.usage, self._believed_until = told.percent, self.clock() + BELIEVED
            if told != NOTHING:
                self._paused_until = self.clock() + (told.regain or PAUSE * (self._held_by() >= PAUSED_FROM))
        return told.regain or 0.0


def again(why: GraphError, retry_after: float) -> GraphError:
    """The same error to raise once more: one that is raised in several threads gathers all their tracebacks."""
    return type(why)(why.detail, code=why.code, subcode=why.subcode, retry_after=retry_after, words=why.words)
