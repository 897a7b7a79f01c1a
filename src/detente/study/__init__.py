"""Study files: scenarios, uncertainty, sweeps."""
