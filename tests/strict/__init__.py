"""Strict validators of our own, written from the specifications; see tests/strict_feeds.py."""
