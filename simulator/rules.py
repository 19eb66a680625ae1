"""What the simulator does where nobody knows what the Graph does, and how hard it makes life for its clients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

InstagramFolder = Literal["honour", "ignore", "empty", "error"]
InstagramFields = Literal["absent", "present", "error"]
DeletedPeople = Literal["from", "senders", "nowhere"]

DebugToken = Literal["any", "app"]
UnknownFolder = Literal["empty", "inbox", "error"]
DefaultFields = Literal["usual", "id"]
Pool = Literal["messenger", "instagram"]


@dataclass(slots=True)
class Rules:
    """Every choice; all can be changed while the simulator runs.

    `instagram_folder`: what `folder` does on Instagram, whatever its value; with `ignore` the answer is the inbox.
    `instagram_fields`: what Instagram does with fields known only from Messenger, such as `snippet`.
    `deleted_people`: where a person whose account is deleted is still to be found; `participants` never has their name.
    `instant_reply_tag`: whether an automatic reply has the tag that Facebook's own chat gives it.
    `rate_limit`: whether more than two calls a second to a Page or an Instagram account are refused.
    `page_size_max` and `messages_max`: the greatest `limit`; a greater one is silently lowered.
    `short_pages`: the pages of every list are half full, empty and full by turns.
    `reduce_above`: a `limit` greater than this is answered with "reduce the amount of data".
    `cursor_depth`: a cursor that lies behind more rows than this is refused.
    `sticky_cursors`: a cursor follows its conversation when that moves to the front, so that pages repeat.
    `shown`: how many conversations a list shows, the newest; 0 is what an app sees that lacks access.
    `date`: whether replies tell the time by Meta's clock.
    `ahead`: by how many seconds that clock is ahead of the client's.
    `user_id_ignored`: whether `user_id` leaves out nobody, so that a list is as it is without.
    `debug_token`: who may ask about a token: the app alone, or any of its tokens.
    `batches`: whether calls may be put into a batch; `debug_in_batch`: whether a token may be asked about in one.
    `updated_ms`: whether `updated_after_ms` and `updated_before_ms` have any effect.
    `unknown_folder`: what a `folder` does on Messenger that there is none of, and on Instagram where it is honoured.
    `pending_folder`: whether there is a folder `pending`.
    `default_fields`: what a conversation shows where no field is asked for.
    `refused_fields`: fields of a conversation, and of what is in it, that the Graph says it does not know.
    `routing`: whether the Page uses Conversation Routing, so that a conversation has `is_owner`.
    `newest_first`: whether the rows of a page come newest first; the pages themselves always do.
    `instagram_pool`: the allowance that calls for Instagram's conversations draw on, in the usage header.
    `error_status`: the HTTP status of every error, in place of its own.
    `token_in_next`: whether `next` holds the token.
    `old_versions`: whether a version that was shut down is answered by the oldest in service, or else refused.
    `user_id_in_folders`: whether `user_id` without `folder` finds who is in another folder than the inbox.
    `cursors_checked`: whether a cursor that is none is refused, or else passed over.
    """

    instagram_folder: InstagramFolder = "honour"
    instagram_fields: InstagramFields = "absent"
    deleted_people: DeletedPeople = "from"
    instant_reply_tag: bool = False
    rate_limit: bool = True
    page_size_max: int = 200
    messages_max: int = 100
    short_pages: bool = False
    reduce_above: int | None = None
    cursor_depth: int | None = None
    sticky_cursors: bool = False
    shown: int | None = None
    date: bool = True
    ahead: float = 0.0
    user_id_ignored: bool = False
    debug_token: DebugToken = "any"
    batches: bool = True
    debug_in_batch: bool = True
    updated_ms: bool = False
    unknown_folder: UnknownFolder = "empty"
    pending_folder: bool = False
    default_fields: DefaultFields = "usual"
    refused_fields: tuple[str, ...] = ()
    routing: bool = False
    newest_first: bool = True
    instagram_pool: Pool = "messenger"
    error_status: int | None = None
    token_in_next: bool = True
    old_versions: bool = True
    user_id_in_folders: bool = True
    cursors_checked: bool = True
