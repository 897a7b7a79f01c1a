"""The JSON API, one module per screen."""
