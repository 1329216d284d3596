"""Pulling what is due (refresh), remembering what came (archive), and taking in new members (welcome)."""
