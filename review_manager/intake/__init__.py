"""Brings reviews in: files of any usual layout, and programs that push them."""
