"""What a parcours and a session are: models, files, calendar, catalogue. No network, no database."""
