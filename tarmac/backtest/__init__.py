"""Forecasts against outcomes: of companies known by a snapshot, of firms known by two ratios, of one company's facts."""
