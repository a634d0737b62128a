"""Custom actions of the Rasa assistant, one module per topic."""
