"""Who may work at the desk: organizers and stewards, their sign-in links and sessions, and the trail of what they did."""
