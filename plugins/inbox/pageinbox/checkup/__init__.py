"""What `doctor` examines: settings, tokens, lists, the ledger, rooms, and the bot they are in."""
