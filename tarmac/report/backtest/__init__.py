"""Forecasts judged by what happened, in words, tables and pictures: a module for each kind of subject."""
