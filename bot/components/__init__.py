"""Our NLU components, loaded by name from bot/config.yml."""
