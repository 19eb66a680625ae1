"""One error as the Graph puts it into a body, and what is raised to answer with it."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, replace


@dataclass(frozen=True, slots=True)
class GraphError:
    """One error as the Graph puts it into a body. `name` tells apart errors that share a code."""

    code: int
    message: str
    status: int = 400
    _: KW_ONLY
    subcode: int | None = None
    type: str = "OAuthException"
    is_transient: bool | None = None
    user_title: str | None = None
    user_msg: str | None = None
    name: str = ""

    def body(self, trace: str) -> dict[str, object]:
        """The JSON body; `trace` becomes its `fbtrace_id`."""
        error: dict[str, object] = {"message": self.message, "type": self.type, "code": self.code}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.is_transient is not None:
            error["is_transient"] = self.is_transient
        if self.user_title is not None:
            error["error_user_title"] = self.user_title
        if self.user_msg is not None:
            error["error_user_msg"] = self.user_msg
        return {"error": error | {"fbtrace_id": trace}}

    def saying(self, message: str) -> GraphError:
        """The same error with another text."""
        return replace(self, message=message)


class Refused(Exception):
    """Raised while a request is being answered; the answer is then `error`."""

    def __init__(self, error: GraphError) -> None:
        super().__init__(error.message)
        self.error = error
