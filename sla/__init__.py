"""Clocks: calendars, policies, clocks computed from events, and their figures; pure."""
