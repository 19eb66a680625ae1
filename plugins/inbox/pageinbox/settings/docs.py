"""docs/settings.md, written from the table of settings."""

from __future__ import annotations

import json

from pageinbox.settings.values import Setting

# What config_template.py takes from the environment.
ENVIRONMENT = (
    ("INBOX_PAGE_ID", "The id of the Page, if there is only one; set this and the next two together or not at all."),
    ("INBOX_PAGE_NAME", "The name people type for it."),
    ("INBOX_PAGE_TOKEN", "Its token; INBOX only refers to it, as env:INBOX_PAGE_TOKEN."),
    ("INBOX_APP_SECRET", "The app secret, for the one Page or for those of INBOX_PAGES_FILE that have none."),
    ("INBOX_PLATFORMS", "The setting PLATFORMS of that Page, or of those that have none, separated by commas."),
    ("INBOX_AUTO_REPLIES", "The setting AUTO_REPLIES of that Page, or of those that have none, each on a line."),
    ("INBOX_PAGES_FILE", "For several Pages, instead of the three above: the path of a TOML file (see below)."),
    ("INBOX_GRAPH_URL", "The setting GRAPH_URL."),
    ("INBOX_GRAPH_VERSION", "The setting GRAPH_VERSION."),
    ("INBOX_POLL_INTERVAL", "The setting POLL_INTERVAL."),
    ("INBOX_PUSH_TOKEN", "The setting PUSH_TOKEN; INBOX only refers to it, as env:INBOX_PUSH_TOKEN."),
    ("INBOX_POLL_INTERVAL_PUSHED", "The setting POLL_INTERVAL_PUSHED."),
    ("INBOX_CACHE_TTL", "The setting CACHE_TTL."),
    ("INBOX_DETAIL", "The setting DETAIL."),
    ("INBOX_ROOMS", "The setting ROOMS, as `#public count, #board initials`, separated by commas or line breaks."),
    ("INBOX_TIMEZONE", "The setting TIMEZONE."),
    ("INBOX_OPEN", "The setting OPEN of all Pages."),
    ("INBOX_RETENTION_DAYS", "The setting RETENTION_DAYS."),
    ("INBOX_CLAIM_HOURS", "The setting CLAIM_HOURS."),
    ("INBOX_WATCHES", "The setting WATCHES, separated by commas or line breaks."),
    ("INBOX_DATABASE_URL", "The setting DATABASE_URL; INBOX only refers to it, as env:INBOX_DATABASE_URL."),
    (
        "BOT_BACKEND",
        "Text (the terminal, the default), SlackV3 (docs/slack.md) or Matrix (docs/matrix.md).",
    ),
    ("BOT_ADMINS", "Who may configure the bot, separated by commas: U… on Slack, @name:server on Matrix."),
    (
        "BOT_DATA_DIR",
        "Where Errbot and the ledger keep their files; by default the folder data beside config_template.py.",
    ),
    ("BOT_LOG_LEVEL", "DEBUG, INFO (the default), WARNING or ERROR, for errbot.log in BOT_DATA_DIR."),
    ("LOG_FORMAT", "text (the default), or json for a JSON object on each line; see docs/operate.md."),
    (
        "BOT_WEBSERVER",
        "Where Errbot's web server listens for health, metrics and pushes, such as 127.0.0.1:3141; by default nowhere.",
    ),
    ("SLACK_BOT_TOKEN", "SlackV3: the bot token, xoxb-…"),
    ("SLACK_APP_TOKEN", "SlackV3: the app token, xapp-…, for Socket Mode; otherwise set the next one."),
    ("SLACK_SIGNING_SECRET", "SlackV3: the signing secret, for the Events API through Errbot's web server."),
    ("MATRIX_HOMESERVER", "Matrix: the server's address, https://…"),
    ("MATRIX_USERNAME", "Matrix: the bot's own id, @name:server."),
    ("MATRIX_PASSWORD", "Matrix: the bot's password; otherwise set MATRIX_ACCESS_TOKEN."),
    ("MATRIX_ACCESS_TOKEN", "Matrix: an access token of the bot's, instead of a password."),
    (
        "MATRIX_INVITES",
        "Matrix: who may invite the bot, separated by commas: @name:server or server; by default its admins.",
    ),
    ("MATRIX_DEVICE_ID", "Matrix: the name of the bot's session; ERRBOT by default."),
)


def settings_document(
    settings: tuple[Setting, ...], page_settings: tuple[Setting, ...], room_settings: tuple[Setting, ...]
) -> str:
    """The whole text of docs/settings.md, in Markdown."""
    *secrets, last_secret = (f"`{row.key}`" for row in (*page_settings, *settings) if row.secret)
    variables = "\n".join(f"| `{name}` | {sentence} |" for name, sentence in ENVIRONMENT)
    return f"""\
# Settings

<!-- `make docs` writes this page from the table by which the settings are read: pageinbox/settings/table.py -->

All settings are in one dict, `INBOX`, in Errbot's `config.py`. Only `PAGES` is required:

```python
INBOX = {{
    "PAGES": {{
        "acme": {{"ID": "200300400", "TOKEN": "env:ACME_PAGE_TOKEN", "APP_SECRET": "env:META_APP_SECRET"}},
    }},
}}
```

A wrong setting is refused with a sentence that names it and says what is allowed.

## INBOX

{_rows(settings)}

## Each Page of PAGES

A Page's name is one word; in chat, upper and lower case make no difference.

{_rows(page_settings)}

## Each room of ROOMS

{_rows(room_settings)}

## Secrets

{", ".join(secrets)} and {last_secret} can be written in three ways:

- `env:NAME`: the value of that environment variable in Errbot's process;
- `file:PATH`: the content of that file, such as a mounted secret, without spaces, line breaks and quotes around it;
- the secret itself, which works but shows it to everyone who can read `config.py`; it loses what surrounds it, too.

A changed file of a TOKEN or an APP_SECRET takes effect within half a minute, and at once where Meta refuses the old
one; a file that is empty, gone or half written changes nothing. Other files are read again at the next `!plugin reload
Inbox`, and variables at Errbot's next start.

Where a secret is missing, its Page alone is not read: whoever asks about it hears which secret, and so do the admins,
once, when the bot starts. What looks like a reference but is none, such as `ENV:NAME`, `$NAME` or a path, is refused.

## Where the ledger is

On SQLite, only the user Errbot runs as may read the ledger and what lies beside it; where others can, that is
changed, or the ledger is refused. For PostgreSQL write
`postgresql://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`: without that `sslmode`, nobody checks whom the
password and customers' words are sent to (`sslrootcert=PATH` names the certificate to check with). Behind the `?`
stands whatever PostgreSQL's own clients take, and anything else is refused by name; `options=-csearch_path%3Dinbox`
keeps the tables in a schema of that name. A pooler such as PgBouncer may stand between, in session or transaction
mode, but most take no `options`: then set them for the role.

The first start makes the tables, so the role needs `CREATE` on their schema. So does an update that changes them,
which leaves a copy of the old ones there, and for which the role has to own them. All else needs `USAGE` of the
schema and of the tables' sequences, and `SELECT`, `INSERT`, `UPDATE` and `DELETE` on the tables.

## From chat

`!plugin config Inbox {{"POLL_INTERVAL": 30, "PAGES": {{"acme": {{"PLATFORMS": ["instagram"]}}}}}}` overrides
settings of `config.py`, key by key, Page by Page and room by room; everything it does not name keeps its value from
there. Each such command replaces the one before it; `!plugin config Inbox {{}}` goes back to `config.py` alone.
`!plugin config Inbox` shows the settings in force, and where each is from.

It can change everything except a secret, since Errbot logs the command and repeats it in chat: it accepts
`env:NAME` and `file:PATH`, and refuses the secret itself (for `DATABASE_URL`, an address with a password).

Errbot keeps what was set from chat in `core.db` in BOT_DATA_DIR, and writes that file completely only when it stops.
After a power cut or `kill -9` the file may keep it from starting ("pickle data was truncated"): delete `core.db*`
and set it again. config_template.py sets such a file aside by itself. Watches are not in it. What has to last belongs
in `config.py`.

## config_template.py

A complete Errbot configuration that takes these variables from the environment. With none of them set it runs
the demo: a bot in the terminal that reads the Page acme from a simulator that comes with it. An empty variable
counts as not set, and quotes around a whole value, as Docker's `--env-file` leaves them, are dropped, except from
`INBOX_WATCHES`, `INBOX_ROOMS`, `INBOX_AUTO_REPLIES` and `MATRIX_PASSWORD`. A variable that begins with `INBOX_` and
is not listed here is refused, unless a secret of `INBOX_PAGES_FILE` is in it. Instead of a token, password, secret or
`INBOX_DATABASE_URL` a variable can hold `file:PATH`, the path of a file with it.

| variable | what it is |
|---|---|
{variables}

`INBOX_PAGES_FILE` has a table for each Page, with the keys above. A secret in it is `env:NAME` or
`file:PATH`, where a relative PATH starts from the file's own folder:

```toml
[acme]
ID = "200300400"
TOKEN = "file:secrets/acme"

[bakery]
ID = "200300401"
TOKEN = "env:BAKERY_PAGE_TOKEN"
PLATFORMS = ["instagram"]
```
"""


def _rows(table: tuple[Setting, ...]) -> str:
    lines = ["| key | what it is | default | why |", "|---|---|---|---|"]
    for setting in table:
        default = "required" if setting.default is None else f"`{json.dumps(setting.default)}`"
        lines.append(f"| `{setting.key}` | {setting.kind} | {default} | {setting.sentence} |")
    return "\n".join(lines)
