"""Rules of the Common Reliability Enumerations (https://docs.prequel.dev/cres), run as they are."""
