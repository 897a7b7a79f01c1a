"""How `world-2024` is made from its sources; one module per stage, `world.build` runs them in order."""
