"""Every error that the Graph can answer on the edges this project reads, as one table.

Codes, subcodes and texts come from Meta's error reference and from recorded replies. Meta does not document the HTTP
status of each code: each one here was seen in a reply or, failing that, is the most likely one.
"""

from __future__ import annotations

from dataclasses import replace

from simulator.refused import GraphError, Refused


def _dead(subcode: int, why: str) -> GraphError:
    return GraphError(190, f"Error validating access token: {why}", 401, subcode=subcode)


def _slow(code: int, text: str, subcode: int | None = None) -> GraphError:
    return GraphError(code, f"(#{code}) {text}", subcode=subcode)


def _business(code: int, what: str) -> GraphError:
    return _slow(code, f"There have been too many calls {what}. Wait a bit and try again.")


_REDUCE = "Please reduce the amount of data you're asking for, then retry your request"

TABLE: tuple[GraphError, ...] = (
    # a token that is dead or in doubt
    GraphError(190, "Invalid OAuth access token - Cannot parse access token", 401),
    _dead(458, "The user has not authorized application 900800700."),
    _dead(459, "The user is enrolled in a blocking, logged-in checkpoint"),
    _dead(
        460,
        "The session has been invalidated because the user changed their password or Facebook has changed "
        "the session for security reasons.",
    ),
    _dead(463, "Session has expired on Saturday, 21-Nov-26 15:10:00 PST."),
    _dead(464, "Sessions for the user are not allowed because the user is not a confirmed user."),
    _dead(467, "The session is invalid because the user logged out."),
    _dead(492, "The user must be an administrator, editor, or moderator of the page in order to impersonate it."),
    _dead(490, "The user is enrolled in a blocking, logged-in checkpoint"),
    _dead(456, "The session is malformed."),
    _dead(461, "The user reinstalled the application."),
    _dead(466, "The session does not match the current stored session."),
    _dead(468, "The session is not valid."),
    GraphError(102, "Session key invalid or no longer valid", 401),
    GraphError(450, "Session key specified has passed its expiration time", 401),
    GraphError(452, "Session key specified is not valid", 401),
    GraphError(
        190,
        "Any of the pages_read_engagement, pages_manage_metadata, pages_read_user_content, pages_manage_ads, "
        "pages_show_list or pages_messaging permission(s) must be granted before impersonating a user's page.",
        name="not_granted",
    ),
    GraphError(
        190,
        "The user must be an administrator, editor, or moderator of the page in order to impersonate it. If the page "
        "business requires Two Factor Authentication, the user also needs to enable Two Factor Authentication.",
        name="no_role",
    ),
    GraphError(
        190, "This Page access token belongs to a Page that is not accessible.", subcode=460, name="page_unreachable"
    ),
    GraphError(190, "Malformed access token", name="malformed"),
    GraphError(190, "Invalid OAuth access token data.", name="token_data"),
    GraphError(190, "The access token could not be decrypted", name="token_cut"),
    GraphError(
        190,
        "Error validating access token: The access token is invalid since the user hasn't engaged the app in longer "
        "than 90 days.",
        subcode=493,
        name="idle",
    ),
    GraphError(190, "Invalid OAuth 2.0 Access Token", subcode=2069032, name="user_token"),
    GraphError(210, "(#210) A page access token is required to request this resource.", 403),
    GraphError(190, "(#190) This method must be called with a Page Access Token", name="no_page_token"),
    GraphError(
        10,
        "(#10) Requested Page Does Not Match Page Access Token, check that access token on "
        "https://developers.facebook.com/tools/debug/accesstoken/",
        name="another_pages_token",
    ),
    # permissions
    GraphError(10, "(#10) To use this API the app needs the permission pages_messaging", 403),
    GraphError(
        10, "(#10) The other party has no role on this app, and the app has no Advanced Access", 403, subcode=2534048
    ),
    GraphError(10, "(#10) The Page is restricted from sending messages", 403, subcode=1893063),
    GraphError(200, "(#200) Permissions error", 403),
    GraphError(
        200, "(#200) The other party has no role on this app, and the app has no Advanced Access", 403, subcode=2534048
    ),
    GraphError(
        200,
        "(#200) App does not have Advanced Access to instagram_manage_messages permission, and recipient user does not "
        "have role on app.",
        403,
        name="standard_access",
    ),
    GraphError(200, "(#200) The account owner has disabled access to instagram direct messages.", 403, subcode=2534041),
    *(GraphError(code, f"(#{code}) Requires extended permission", 403) for code in range(201, 230) if code != 210),
    GraphError(230, "(#230) Permissions disallow message to user", 403),
    GraphError(230, "(#230) Requires pages_messaging permission to manage the object", 403, name="no_pages_messaging"),
    *(GraphError(code, f"(#{code}) Requires extended permission", 403) for code in range(231, 300)),
    GraphError(
        200,
        "(#200) User does not have sufficient administrative permission for this action on this page. If the page "
        "business requires Two Factor Authentication, the user also needs to enable Two Factor Authentication.",
        403,
        name="owner_without_role",
    ),
    GraphError(200, "Cannot call API for app 900800700 on behalf of user 10200000000000001", 403, name="not_for_owner"),
    GraphError(
        200,
        "Permissions error",
        403,
        subcode=2069030,
        user_title="New Pages Experience Is Not Supported",
        user_msg="This endpoint is not supported in the new Pages experience.",
    ),
    # what became of the app
    GraphError(5, "This IP can't make requests for that application."),
    GraphError(101, "Error validating application. Cannot get application info due to a system error."),
    GraphError(190, "Error validating application. Application has been deleted.", name="app_deleted"),
    GraphError(
        200,
        "(#200) Access to this data is temporarily disabled for non-active apps or apps that have not recently "
        "accessed this data.",
        403,
        name="app_paused",
    ),
    GraphError(200, "API access deactivated. To reactivate, go to the app dashboard.", 400, name="app_deactivated"),
    GraphError(200, "API access blocked.", 400, name="app_blocked"),
    GraphError(3, "(#3) Application does not have the capability to make this API call."),
    # a mistake in the request
    GraphError(100, "(#100) Invalid parameter"),
    GraphError(100, "(#100) Tried accessing nonexisting field (x) on node type (UnifiedThread)", name="field"),
    GraphError(
        100,
        "Unsupported get request. Object with ID 'x' does not exist, cannot be loaded due to missing "
        "permissions, or does not support this operation.",
        subcode=33,
        type="GraphMethodException",
    ),
    GraphError(
        100,
        "(#100) The thread owner has archived or deleted this conversation, or the thread does not exist.",
        subcode=2534001,
    ),
    GraphError(
        100,
        "(#100) The page is not linked to an Instagram account or the linked IG account is not professional account",
        subcode=2534013,
    ),
    GraphError(100, "(#100) No matching user found", subcode=2018001),
    GraphError(100, "(#100) No profile available for this user.", subcode=2018218),
    GraphError(551, "(#551) This person isn't available right now.", subcode=1545041),
    GraphError(100, "(#100) The requested user cannot be found", subcode=2534014),
    GraphError(100, "(#100) Invalid cursors values", name="cursor_dead"),
    GraphError(
        100, "(#100) After Cursor specified exceeds the max limit supported by this endpoint", name="cursor_depth"
    ),
    GraphError(100, "Invalid appsecret_proof provided in the API argument", type="GraphMethodException", name="proof"),
    GraphError(
        100,
        "API calls from the server require an appsecret_proof argument",
        type="GraphMethodException",
        name="proof_missing",
    ),
    GraphError(
        100,
        "(#100) Object does not exist, cannot be loaded due to missing permission or reviewable feature, or does not "
        "support this operation. This endpoint requires the 'pages_read_engagement' permission or the 'Page Public "
        "Content Access' feature.",
        name="no_such_page",
    ),
    GraphError(
        100,
        "(#100) Tried accessing nonexisting field (conversations) on node type (User)",
        name="not_a_page",
    ),
    # a field that is refused in other words, with another code, or in another language
    GraphError(100, "(#100) Unknown fields: link.", name="unknown_fields"),
    GraphError(
        100,
        "(#100) Se ha intentado acceder al campo inexistente (snippet) en el tipo de nodo (UnifiedThread)",
        name="field_in_spanish",
    ),
    GraphError(12, "(#12) snippet field is deprecated for versions v26.0 and higher"),
    GraphError(10, "(#10) Reading the field unread_count needs a review of your app", 403, name="field_in_review"),
    GraphError(
        21, "(#21) Page ID 200300400 was migrated to page ID 200300499.  Please update your API calls to the new ID"
    ),
    GraphError(104, "(#104) Incorrect signature"),
    GraphError(104, "An access token is required to request this resource.", name="no_token"),
    GraphError(803, "(#803) Some of the aliases you requested do not exist: x", 404),
    GraphError(2500, 'Syntax error "Expected end of string." at character 1: x'),
    GraphError(2500, "An active access token must be used to query information about the current user.", name="no_me"),
    GraphError(9000001, "This Message has been deleted by the user or the business.", name="message_deleted"),
    GraphError(190, "This Message has been deleted by the user or the business.", name="message_deleted_190"),
    # stop calling for hours
    GraphError(368, "The action attempted has been deemed abusive or is otherwise disallowed"),
    # too many calls
    _slow(4, "Application request limit reached"),
    _slow(9, "User is performing too many actions"),
    _slow(17, "User request limit reached"),
    _slow(32, "Page request limit reached"),
    _slow(341, "Feed action request limit reached"),
    _slow(613, "Calls to this api have exceeded the rate limit."),
    _slow(613, "Calls to this api have exceeded the rate limit.", 1996),
    _business(80000, "from this ad-account"),
    _business(80001, "to this Page account"),
    _business(80002, "to this Instagram account"),
    _business(80003, "to this ad-account"),
    _business(80004, "to this ad-account"),
    _business(80005, "to this leadgen account"),
    _business(80006, "to this Page account for messaging"),
    _business(80008, "to this WhatsApp Business account"),
    _business(80009, "to this catalog account"),
    _business(80014, "for this batch of catalog updates"),
    # a failure on Meta's side
    GraphError(1, "An unknown error occurred", 500),
    GraphError(1, _REDUCE, 500, name="reduce"),
    GraphError(
        1,
        "An unknown error occurred",
        500,
        subcode=99,
        is_transient=False,
        user_title="Too much data",
        user_msg=_REDUCE,
        name="reduce_99",
    ),
    GraphError(2, "Service temporarily unavailable", 500, is_transient=True),
    GraphError(2, "(#2) The privacy terms for labels have not been accepted", subcode=2018344, is_transient=False),
    GraphError(-1, "An internal error occurred", 500),
    GraphError(-3, "An unknown error occurred", 500),
    GraphError(
        -2,
        "Timeout",
        500,
        subcode=2534084,
        is_transient=True,
        user_title="Timeout",
        user_msg="The query for conversations timed out",
    ),
)

_BY_CODE: dict[tuple[int, int | None], GraphError] = {}
for _error in TABLE:
    if not _error.name:
        _BY_CODE[_error.code, _error.subcode] = _error
_BY_NAME = {error.name: error for error in TABLE if error.name}
_BY_CODE[9000001, None] = _BY_NAME["message_deleted"]
_BY_CODE[1, 99] = _BY_NAME["reduce_99"]


def by_code(code: int, subcode: int | None = None) -> GraphError:
    """The table's error with this code and subcode.

    A subcode that is not in the table is added to the code's plain error, since the Graph makes up new ones too.
    Raises `LookupError` if the code itself is unknown.
    """
    if found := _BY_CODE.get((code, subcode)):
        return found
    if plain := _BY_CODE.get((code, None)):
        return replace(plain, subcode=subcode)
    raise LookupError(f"no error with code {code} is known")


def by_name(name: str) -> GraphError:
    """The table's error with this name, such as `reduce` or `cursor_dead`; raises `LookupError` if there is none."""
    if name not in _BY_NAME:
        raise LookupError(f"no error is called {name!r}; there are {', '.join(sorted(_BY_NAME))}")
    return _BY_NAME[name]


def unknown_field(name: str, node_type: str) -> Refused:
    """The refusal of a field, or of an edge, that this type of node does not have."""
    text = f"(#100) Tried accessing nonexisting field ({name}) on node type ({node_type})"
    return Refused(by_name("field").saying(text))
