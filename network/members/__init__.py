"""Who belongs to the network, and what they bring. Writes; visitors are answered by directory/."""
