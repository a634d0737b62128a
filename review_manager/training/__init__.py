"""Trains the model files of the analysis from labelled reviews; see README.md in this folder."""
