"""Reading a Facebook Page's inbox: everything but Errbot and the chat networks."""
