"""What the team has done with a conversation, as questions ask for it: `mine`, `claimed`, `done by team`."""

from __future__ import annotations

from itertools import islice

from pageinbox.language.vocabulary import FOLDERS, MARKS, SELF, TEAM
from pageinbox.language.waiting import WaitReading
from pageinbox.model.query import Mark
from pageinbox.model.source import Folder
from pageinbox.model.text import bare

NOT_BY_WHOM = {
    Mark.CLAIMED: "I can show what you have claimed (mine) or anybody has (claimed), but not what one colleague has.",
    Mark.SNOOZED: "I can't look for who snoozed something.",
    Mark.DONE: "I can't look for who marked something as done.",
}


class MarkReading(WaitReading):
    """A question being read, as far as it has to do with marks."""

    def marks(self, word: str) -> bool:
        """Take a mark, with by whom it is where that is said, and tell whether it was there."""
        if word == "my" and self.words and MARKS.get(bare(self.words[0])) is Mark.CLAIMED:
            self.words.popleft()  # "my claims"
            self.keep("mark", Mark.MINE)
        elif word in MARKS:
            self.keep("mark", self.by_whom(MARKS[word]) or MARKS[word])
        elif FOLDERS.get(word) is Folder.DONE and (mark := self.by_whom(Mark.DONE)):
            self.keep("mark", mark)  # alone it is Meta's folder
        else:
            return False
        return True

    def by_whom(self, mark: Mark) -> Mark | None:
        """Take `by me`, `by the team` or `by @ann` off the words ahead; the mark it makes, None where nothing is said.

        Only of claims it is known whose they are.
        """
        ahead = list(islice(self.words, 3))
        count = 3 if len(ahead) == 3 and bare(ahead[1]) == "the" else 2
        if mark not in NOT_BY_WHOM or len(ahead) < count or bare(ahead[0]) not in ("by", "to"):
            return None
        typed, who = ahead[count - 1], bare(ahead[count - 1])
        if not typed.startswith("@") and who not in TEAM | SELF and self.known(typed):
            return None  # a Page, perhaps
        self.skip(count)
        if who in SELF and mark is Mark.CLAIMED:
            return Mark.MINE
        if who not in TEAM:
            self.refuse(NOT_BY_WHOM[mark])
        return mark

    def opposite(self, word: str) -> None:
        self.next()  # "nobody has claimed"
        if self.words and MARKS.get(bare(self.words[0])) is Mark.CLAIMED:
            self.words.popleft()
            self.keep("mark", Mark.UNCLAIMED)
        else:
            super().opposite(word)
