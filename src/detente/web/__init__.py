"""The negotiating table: the web page, its JSON API, and negotiations that are kept. No economics here."""
