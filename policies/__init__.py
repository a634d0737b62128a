"""How every room reads its dated rules from data/policies."""
