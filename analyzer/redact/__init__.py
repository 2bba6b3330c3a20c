"""What may leave the house: secrets masked in everything that is written, and on request whose they are."""
