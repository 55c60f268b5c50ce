"""The parts a report can show, each made from the same findings: what they say, and the tables and charts in them."""
