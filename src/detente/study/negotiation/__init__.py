"""The negotiation file: parties, threats, table and clauses, and what comes of them."""
