"""Suspected malicious reviews: signals, what they weigh, and a pack that a stranger can verify."""
