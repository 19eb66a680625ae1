"""What `doctor` examines, one module for each kind of thing: from what it takes to see it, to findings.

Nothing here changes anything, and nothing knows how findings are said. What needs a bot is apart (`bot`, `rooms`), so
that all else can be examined without one.
"""
