"""What the model would have said of past trade disputes, beside what happened: episodes, scores, estimation."""
