"""What visitors and subscribers may see. Reads only; what is written by members/ and aggregator/ meets it in the tables."""
