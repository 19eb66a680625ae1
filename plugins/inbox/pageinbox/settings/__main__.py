"""`python -m pageinbox.settings` prints docs/settings.md."""

from pageinbox.settings.table import document

print(document(), end="")
