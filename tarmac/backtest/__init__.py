"""Forecasts against outcomes: companies known by a snapshot, firms known by two ratios, one company and its facts."""
