"""Answers to questions, cached."""
