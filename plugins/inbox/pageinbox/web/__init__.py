"""What is answered on the bot's web server: health, metrics, and what Meta pushes."""
