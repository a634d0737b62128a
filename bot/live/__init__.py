"""What runs only while the bot is live: its channel, and how it calls actions and keeps talks."""
