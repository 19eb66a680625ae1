"""The durable record: conversations seen, watches, what is to be said and what was, with its receipts."""
