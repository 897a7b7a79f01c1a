"""The equilibrium model: calibration, equations, solver, outcomes."""
