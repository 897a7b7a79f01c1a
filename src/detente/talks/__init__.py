"""Objectives, optimal tariffs, trade war, bargaining, ratification."""
