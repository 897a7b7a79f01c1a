"""What other programs may ask: typed questions, typed answers, and the MCP server that carries them. No economics here."""
