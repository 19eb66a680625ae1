"""Which addresses of Meta's are passed on."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as runs
from hypothesis import strategies as st

from pageinbox.model.conversation import safe_link

FB = "https://www.facebook.com"


@pytest.mark.parametrize(
    ("given_", "safe"),
    [
        ("/200300400/inbox/777888999/?section=messages", f"{FB}/200300400/inbox/777888999/?section=messages"),
        ("/Acme-200300400/inbox/7/", f"{FB}/Acme-200300400/inbox/7/"),
        ("/", f"{FB}/"),
        ("/@evil.example/", f"{FB}/@evil.example/"),
        ("http://www.facebook.com/messages/?action=read&tid=1", f"{FB}/messages/?action=read&tid=1"),
        ("https://facebook.com/x", "https://facebook.com/x"),
        ("https://business.facebook.com/latest/inbox/all?asset_id=1", "https://business.facebook.com/latest/inbox/all?asset_id=1"),
        *((link, None) for link in (
            None, "", " ", "x", "inbox/7", "//evil.example/x", "///evil.example", "https://evil.example/facebook.com",
            "https://facebook.com.evil.example/", "https://evilfacebook.com/", "https://facebook.com@evil.example/",
            "https://evil.example@facebook.com/", "https://x@www.facebook.com/",
            "https://x:y@www.facebook.com/", "https://www.facebook.com:8443/", "https://www.facebook.com\\@evil.example/",
            "/\\evil.example", "\\\\evil.example", "ftp://www.facebook.com/", "javascript:alert(1)//www.facebook.com",
            "data:text/html,x", "https:www.facebook.com", "https:/www.facebook.com/", "https:///www.facebook.com/",
            "/x y", "/x\ny", "/x\t", "\t/x", "/x<b>", '/x"y', "/x'y", "/x|y", "/x`y", "/x(y)", "/x[y]", "/x{y}",
            "/é", "/\u202e", "https://www.fаcebook.com/", "https://www.facebook.com。evil.example/", "https://[::1]/",
            "https://www.facebook.com./", "https://", "http://[", "https://www.facebook.com%2eevil.example/",
        )),
    ],
)  # fmt: skip
def test_the_table(given_, safe):
    assert safe_link(given_) == safe


parts = st.sampled_from(
    ["/", "//", "\\", ":", "@", "?", "#", ".", "http:", "https:", "https://", "http://", "www.", "facebook.com",
     "x.com", "evil.example", "user", "%2f", ";", "javascript:", "[", "]", "127.0.0.1", "443"]
)  # fmt: skip


@runs(deadline=None, max_examples=60)
@given(
    st.one_of(st.lists(parts, max_size=8).map("".join), st.text(max_size=30), st.text(max_size=20).map("/{}".format))
)
def test_only_https_on_facebook_ever_comes_out(link):
    safe = safe_link(link)
    if safe is None:
        return
    split = urlsplit(safe)
    assert safe.startswith("https://")
    assert split.netloc == split.hostname, "no user and no port"
    assert f".{split.netloc}".endswith(".facebook.com")
    assert safe.isascii() and safe.isprintable() and " " not in safe


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("HTTP://www.facebook.com/x", "https://www.facebook.com/x"),
        ("Https://www.facebook.com/x", "https://www.facebook.com/x"),
        (
            "https://m.facebook.com/?next=http://www.facebook.com/x",
            "https://m.facebook.com/?next=http://www.facebook.com/x",
        ),
    ],
)
def test_a_link_becomes_https_and_is_else_left_as_it_was(given, safe):
    assert safe_link(given) in (safe, None)
