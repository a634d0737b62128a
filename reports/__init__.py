"""Figures and alarms for managers: clocks of all cases kept ready, reports over them, warnings."""
