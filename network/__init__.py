"""The coalition: its members, what they bring, and the site that shows it."""
