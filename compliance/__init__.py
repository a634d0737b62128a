"""What may be said: checks any outgoing text against law and platform rules; pure."""
