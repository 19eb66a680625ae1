"""The pictures of the README: what the bot says, as people see it in Slack and in Element.

`python -m docs.screens` makes them anew. Nothing in them is typed by hand: what is said comes from the core on a
simulated Graph (`scenes`), and its look from the plugin's own chat modules.

That needs Debian's chromium and pngquant, and for the looks of the letters fonts-lato, fonts-inter, fonts-noto-core,
fonts-noto-color-emoji, fonts-dejavu-core and fonts-droid-fallback. The tests need chromium alone.
"""
