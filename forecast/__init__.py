"""Monte Carlo forecasts of football competitions."""
