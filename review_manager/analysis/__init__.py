"""Understands reviews: mood, aspects with the exact words, safety and threat alarms."""

from review_manager.analysis.analyzer import Analyzer, load
from review_manager.analysis.findings import Analysis, Aspect, AspectFinding, Polarity, Sentiment

__all__ = ["Analysis", "Analyzer", "Aspect", "AspectFinding", "Polarity", "Sentiment", "load"]
