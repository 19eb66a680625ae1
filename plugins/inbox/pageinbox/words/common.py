"""How Pages, lists and people are named, the same in every answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Mapping

from pageinbox.model.carried import ONLY_CARRIED
from pageinbox.model.conversation import Conversation
from pageinbox.model.post import Line, Name, Piece, Words
from pageinbox.model.secret import Secret
from pageinbox.model.source import Folder, Page, Platform, Source
from pageinbox.model.text import BLANK, fold
from pageinbox.model.watch import Detail
from pageinbox.words.english import spell

PLATFORM_NAMES = {Platform.MESSENGER: "Messenger", Platform.INSTAGRAM: "Instagram"}
FOLDER_NAMES = {Folder.INBOX: "inbox", Folder.OTHER: "other", Folder.DONE: "done", Folder.SPAM: "spam"}
NAMELESS = "(name not shared)"
UNREAD = "(can't be read)"
DELETED = "(deleted account)"
ONLY_AUTOMATIC = "only an automatic reply"
HANDFUL = 5
"""So many Pages, rooms or reasons are told one by one; of more, an answer sums up."""

MOST_NAMED = 3
"""How many Pages or lists are named one by one; more are counted."""


def label(page: Page, source: Source) -> str:
    """A source as people name it: `Acme · Instagram · spam`."""
    return f"{page.title} · {PLATFORM_NAMES[source.platform]} · {FOLDER_NAMES[source.folder]}"


def page_of(pages: Mapping[str, Page], name: str) -> Page:
    """The Page people call `name`; if it is no longer in the settings, only its name is known."""
    return pages.get(name) or Page(name, "", Secret(""))


def apart(source: Source, sources: Collection[Source], pages: Mapping[str, Page]) -> list[str]:
    """What tells a source from the others that something is told of: its Page, platform or folder."""
    parts = (
        ({other.page for other in sources}, page_of(pages, source.page).title),
        ({other.platform for other in sources}, PLATFORM_NAMES[source.platform]),
        ({other.folder for other in sources}, FOLDER_NAMES[source.folder]),
    )
    return [called for several, called in parts if len(several) > 1]


def label_of_all(sources: Iterable[Source], pages: Mapping[str, Page], inbox: bool = False) -> str:
    """Several sources in as few words as name them all: `Acme · Instagram`, `Acme and Beta · spam`.

    Both platforms together are not named, nor is the inbox alone unless `inbox` asks for it.
    """
    distinct = list(dict.fromkeys(sources))
    names = list(dict.fromkeys(source.page for source in distinct))
    folders = [folder for folder in Folder if any(source.folder is folder for source in distinct)]
    titles = [page_of(pages, name).title for name in names]
    parts = [spell(titles) if len(titles) <= HANDFUL else f"{len(titles)} Pages"]
    lists = [{(source.page, source.platform) for source in distinct if source.folder is folder} for folder in folders]
    if any(other != lists[0] for other in lists):
        if len(distinct) > MOST_NAMED:
            return parts[0]
        return spell([label_of_all([source], pages, inbox) for source in distinct])
    platforms = {source.platform for source in distinct}
    if len(platforms) == 1:
        parts.append(PLATFORM_NAMES[platforms.pop()])
    if inbox or folders != [Folder.INBOX]:
        parts.append(spell([FOLDER_NAMES[folder] for folder in folders]))
    return " · ".join(parts)


def who(conversation: Conversation, detail: Detail) -> Piece:
    """The person, as far as `detail` allows and Meta says."""
    name, nobody = conversation.name, DELETED if conversation.gone else NAMELESS
    if conversation.unreadable:
        return UNREAD
    if not name or not any(map(visible, name)):
        return nobody
    if detail is Detail.COUNT:
        return "somebody"
    if detail is Detail.INITIALS:
        parts = name.replace(".", " ").replace("_", " ").split()
        letters = [part[0] for part in ("".join(filter(visible, part)) for part in parts) if part]
        if not letters:
            return nobody
        return Name(".".join(letters[:3]).upper() + ".", most=8)
    if conversation.platform is Platform.INSTAGRAM and " " not in name:  # else it is no username, but a stand-in
        return Name(f"@{name}", most=24)
    # In brackets it could be one of ours, such as `DELETED`.
    return Name(name, quoted=fold(name).startswith("("), most=24)


def visible(char: str) -> bool:
    """Whether a character shows something by itself. Python may not know this year's emoji yet."""
    kind = unicodedata.category(char)
    known = (kind[0] in "LNPS" or kind == "Mc") and char not in BLANK
    return known or (kind == "Cn" and 0x1F000 <= ord(char) < 0x1FB00)


def latest_of(conversation: Conversation, title: str) -> Line:
    """The latest words of a conversation, after the Page's name where they are the Page's own."""
    words = snippet_of(conversation.snippet)
    ours = conversation.waiting is False or (conversation.automatic and conversation.waiting is None)
    return (f"{title}: ", *words) if words and ours else words


def snippet_of(text: str | None, most: int = 44) -> Line:
    """The words of a message in quotation marks; of a message without words what it carries, without them."""
    if not text:
        return ()
    return (Words(text, quoted=not ONLY_CARRIED.fullmatch(text), most=most),)
