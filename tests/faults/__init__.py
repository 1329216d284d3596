"""The fault farm: member sites that misbehave, and what must not come of it."""
